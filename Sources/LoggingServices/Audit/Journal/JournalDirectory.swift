import CacheServices
import Foundation

/// Where the journals of one namespace lie: `<state directory>/audit/<namespace>/journal/`.
///
/// Of each writer: `<writer>.<day>.ndjson` for each day (UTC), and while it is not delivered `<writer>.lock`, locked by the living process,
/// and `<writer>.cursor` with the sequence up to which Redis has acknowledged.
struct JournalDirectory: Sendable {
    let url: URL

    init(stateDirectory: URL, namespace: Namespace) {
        url = Self.trail(stateDirectory: stateDirectory, namespace: namespace).appendingPathComponent("journal", isDirectory: true)
    }

    /// What the trail keeps for a namespace: journals, the anchor, archives.
    static func trail(stateDirectory: URL, namespace: Namespace) -> URL {
        stateDirectory.appendingPathComponent("audit", isDirectory: true).appendingPathComponent(namespace.rawValue, isDirectory: true)
    }

    func lockPath(_ writer: WriterID) -> String { url.appendingPathComponent("\(writer).lock").path }
    /// The lock file while it is made.
    func newLockPath(_ writer: WriterID) -> String { url.appendingPathComponent(".\(writer).new").path }
    func cursorPath(_ writer: WriterID) -> String { url.appendingPathComponent("\(writer).cursor").path }
    func dayPath(_ writer: WriterID, _ day: String) -> String { url.appendingPathComponent("\(writer).\(day).ndjson").path }

    /// Makes the directory where it is missing.
    func create() throws(JournalError) {
        guard access(url.path, F_OK) != 0 else { return }
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        } catch {
            throw JournalError("make the directory of the journals", code: (error as? CocoaError)?.posixCode ?? EIO)
        }
        // The state directory, audit, namespace, journal: each name is in the one before.
        for depth in 1...3 {
            let parent = (0..<depth).reduce(url) { folder, _ in folder.deletingLastPathComponent() }
            try Descriptor(parent.path, flags: O_RDONLY, operation: "open the directory of the journals").sync()
        }
    }

    /// Brings names that came and went to the disk.
    func sync() throws(JournalError) {
        try Descriptor(url.path, flags: O_RDONLY, operation: "open the directory of the journals").sync()
    }

    /// The writers that have a lock file, in the order of their names.
    func undelivered() -> [WriterID] {
        names().filter { $0.hasSuffix(".lock") }.compactMap { WriterID(String($0.dropLast(".lock".count))) }
    }

    /// The days of which a writer has a journal, oldest first.
    func days(of writer: WriterID) -> [String] {
        names().filter { $0.hasPrefix("\(writer).") && $0.hasSuffix(".ndjson") }
            .map { String($0.dropFirst(writer.rawValue.count + 1).dropLast(".ndjson".count)) }
            .filter { $0.count == 10 }.sorted()
    }

    /// Removes the journals of delivered writers that were last written before an instant, and cursors that a crash
    /// left without a lock; answers how many journals went.
    @discardableResult
    func removeDelivered(before limit: Date) -> Int {
        let present = names()
        let locked = Set(present.filter { $0.hasSuffix(".lock") }.map { $0.dropLast(".lock".count) })
        var removed = 0
        for name in present where name.hasSuffix(".cursor") {
            let writer = name.dropLast(".cursor".count)
            if !locked.contains(writer), isDelivered(writer), isOld(name) { unlink(url.appendingPathComponent(name).path) }
        }
        for name in present where name.hasSuffix(".ndjson") {
            let writer = name.dropLast(".ndjson".count + 11)
            guard !locked.contains(writer), isDelivered(writer) else { continue }
            if remove(name, before: limit) { removed += 1 }
        }
        return removed
    }

    /// Whether a writer has no lock file by now: its journal may have begun after the names were read.
    private func isDelivered(_ writer: some StringProtocol) -> Bool {
        access(url.appendingPathComponent("\(writer).lock").path, F_OK) != 0
    }

    /// Whether a file is older than the making of a journal can take: a cursor is there before its lock.
    private func isOld(_ name: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: url.appendingPathComponent(name).path)
        guard let written = attributes?[.modificationDate] as? Date else { return false }
        return written.timeIntervalSinceNow < -60
    }

    /// Removes the journal of one day of a writer, if it was last written before an instant.
    func removeDay(of writer: WriterID, _ day: String, before limit: Date) {
        _ = remove("\(writer).\(day).ndjson", before: limit)
    }

    private func remove(_ name: String, before limit: Date) -> Bool {
        let file = url.appendingPathComponent(name)
        let written = try? FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
        guard let written, written < limit else { return false }
        return (try? FileManager.default.removeItem(at: file)) != nil
    }

    private func names() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
    }
}

extension CocoaError {
    /// What the operating system said, where it did.
    fileprivate var posixCode: Int32? {
        let underlying = userInfo[NSUnderlyingErrorKey] as? NSError
        return underlying?.domain == NSPOSIXErrorDomain ? underlying.map { Int32(clamping: $0.code) } : nil
    }
}
