import CacheServices
import Foundation
import NIOPosix

/// The export that goes before a clearing: NDJSON, brought to the disk before anything is removed. What blocks goes on a thread pool.
actor TrailArchive {
    private let file: URL
    private let descriptor: Descriptor
    private let folder: Descriptor
    private let stream: any EventStream
    private var own: (any EventStream)?
    private var encoder = AuditExportEncoder(.ndjson)
    private var size: Int64 = 0
    /// Entries in the file.
    private(set) var count = 0
    /// The newest of them.
    private(set) var last = StreamID.zero

    private init(_ file: URL, _ descriptor: Descriptor, _ folder: Descriptor, of stream: any EventStream) {
        self.file = file
        self.descriptor = descriptor
        self.folder = folder
        self.stream = stream
    }

    /// Makes the file, which must not be there yet, and its directory.
    ///
    /// - Throws: ``AuditError`` with `file`.
    static func make(_ file: URL, of stream: any EventStream) async throws(AuditError) -> TrailArchive {
        do {
            return try await NIOThreadPool.singleton.runIfActive {
                let parent = file.deletingLastPathComponent()
                try FileManager.default.createDirectory(
                    at: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
                let folder = try Descriptor(parent.path, flags: O_RDONLY, operation: "open the directory of the export")
                let descriptor = try Descriptor(file.path, flags: O_RDWR | O_CREAT | O_EXCL, operation: "make the export")
                return TrailArchive(file, descriptor, folder, of: stream)
            }
        } catch {
            throw AuditError(.file, "The export cannot be made\(Self.reason(error)); nothing was cleared.")
        }
    }

    /// Adds what came since, and returns when the disk has it.
    ///
    /// - Throws: ``AuditError``: `file`, or why the trail cannot be read.
    func add() async throws(AuditError) {
        do {
            let stream = try await connected()
            let before = count
            while case let page = try await stream.entries(after: last, limit: 500), let newest = page.last {
                var bytes: [UInt8] = []
                for entry in page { _ = encoder.append(entry, AuditRecord(entry), to: &bytes) }
                try await NIOThreadPool.singleton.runIfActive { [descriptor, size, bytes] in try descriptor.write(bytes, at: size) }
                size += Int64(bytes.count)
                count += page.count
                last = newest.id
            }
            guard before != count || before == 0 else { return }
            try await NIOThreadPool.singleton.runIfActive { [descriptor, folder] in
                try descriptor.sync()
                try folder.sync()
            }
        } catch let error as CacheError {
            throw AuditError(reading: error)
        } catch {
            throw AuditError(.file, "The export cannot be written\(Self.reason(error)); nothing was cleared.")
        }
    }

    /// Removes the file of a clearing that was not made.
    func remove() async {
        _ = try? await NIOThreadPool.singleton.runIfActive { [file] in try FileManager.default.removeItem(at: file) }
    }

    /// The stream over a connection of its own, so that a whole trail does not stand in front of small commands.
    private func connected() async throws(CacheError) -> any EventStream {
        if let own { return own }
        let connected = try await stream.dedicated()
        own = connected
        return connected
    }

    /// What the system said, without paths.
    private static func reason(_ error: any Error) -> String { (error as? JournalError).map { " (\($0))" } ?? "" }
}
