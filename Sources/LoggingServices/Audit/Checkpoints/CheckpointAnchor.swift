public import CacheServices
public import Foundation

/// The newest checkpoint, kept outside Redis: whoever can write to Redis cannot take it back.
///
///     let anchor = try CheckpointAnchor.load(from: CheckpointAnchor.url(in: stateDirectory, namespace: "usdcop"))
///     let verifier = AuditVerifier(key: key, anchor: anchor)
///
/// The file holds `{"body":"…","signature":"…"}`; it is replaced in one step. The methods block on the disk.
public struct CheckpointAnchor: Sendable, Hashable {
    /// The greatest file that is read.
    private static let maximumBytes = 64 << 20

    public let checkpoint: Checkpoint

    public init(_ checkpoint: Checkpoint) { self.checkpoint = checkpoint }

    /// Where the anchor of a namespace lives.
    public static func url(in stateDirectory: URL, namespace: Namespace) -> URL {
        stateDirectory.appendingPathComponent("audit").appendingPathComponent(namespace.rawValue).appendingPathComponent("anchor.json")
    }

    /// The anchor that a state directory holds of a namespace; `nil` only where there is no such file: one that cannot be read must not pass
    /// for none.
    ///
    /// - Throws: ``AuditError`` with `file` when there is one that cannot be read, is too large or holds no checkpoint.
    public static func loadIfPresent(in stateDirectory: URL, namespace: Namespace) throws(AuditError) -> CheckpointAnchor? {
        try loadIfPresent(from: url(in: stateDirectory, namespace: namespace))
    }

    static func loadIfPresent(from url: URL) throws(AuditError) -> CheckpointAnchor? {
        guard access(url.path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR) else { return nil }
        return try load(from: url)
    }

    /// Reads the file.
    ///
    /// - Throws: ``AuditError`` with `file` when it cannot be read, is too large or holds no checkpoint.
    public static func load(from url: URL) throws(AuditError) -> CheckpointAnchor {
        guard let handle = try? FileHandle(forReadingFrom: url), let data = try? handle.read(upToCount: maximumBytes) else {
            throw AuditError(.file, "The anchor cannot be read.")
        }
        guard let value = try? JSONParser.parse(Array(data), duplicateKeys: .refused), let body = value["body"]?.text,
            let checkpoint = Checkpoint(body: Array(body.utf8), signature: value["signature"]?.text)
        else { throw AuditError(.file, "The anchor holds no checkpoint.") }
        return CheckpointAnchor(checkpoint)
    }

    /// Replaces the file in one step, and returns when the disk has it: file first, then its name.
    ///
    /// - Throws: ``AuditError`` with `file`; the file before is then still there.
    public func write(to url: URL) throws(AuditError) {
        let contents = JSONWriter.bytes([
            "body": .string(String(decoding: checkpoint.body, as: UTF8.self)),
            "signature": checkpoint.signature.map(JSONValue.string) ?? .null,
        ])
        do {
            try Self.replace(url, with: Data(contents))
        } catch {
            throw AuditError(.file, "The anchor cannot be written; the one before stays.")
        }
    }

    private static func replace(_ url: URL, with contents: Data) throws {
        let directory = url.deletingLastPathComponent()
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // A name of its own for each attempt: two processes may share the directory.
        let temporary = directory.appendingPathComponent(".anchor-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: temporary) }
        guard FileManager.default.createFile(atPath: temporary.path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw CocoaError(.fileWriteUnknown)
        }
        let file = try FileHandle(forWritingTo: temporary)
        defer { try? file.close() }
        try file.write(contentsOf: contents)
        try file.synchronize()
        guard rename(temporary.path, url.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        let folder = open(directory.path, O_RDONLY)
        guard folder >= 0 else { throw CocoaError(.fileReadUnknown) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
