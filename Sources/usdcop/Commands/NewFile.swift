import Foundation

/// A file that appears whole or not at all: it is written beside its place and moved there at the end.
final class NewFile: Sendable {
    private let path: String
    private let temporary: String
    private let descriptor: Int32
    private let replaces: Bool

    /// - Parameter replaces: a file that is there gives way.
    /// - Throws: ``CommandFailure`` with 73 when something is there already, or nothing can be made there.
    init(_ path: String, replaces: Bool) throws(CommandFailure) {
        var status = stat()
        if lstat(path, &status) == 0 {
            guard replaces else { throw CommandFailure(.cannotCreate, "\(path) is there already; give --force to replace it") }
            guard status.st_mode & S_IFMT == S_IFREG else { throw CommandFailure(.cannotCreate, "\(path) is no regular file") }
        }
        let url = URL(fileURLWithPath: path)
        let name = ".\(url.lastPathComponent).\(UUID().uuidString.prefix(8))"
        temporary = url.deletingLastPathComponent().appendingPathComponent(name).path
        self.path = path
        self.replaces = replaces
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw CommandFailure(.cannotCreate, "\(path) cannot be made: \(String(cString: strerror(errno)))") }
    }

    /// What was not moved to its place is no file.
    deinit {
        close(descriptor)
        unlink(temporary)
    }

    /// Adds bytes.
    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        let code = Console.write(bytes, to: descriptor)
        guard code == 0 else { throw failure(code) }
    }

    /// Brings it to the disk and to its place.
    func finish() throws(CommandFailure) {
        guard fsync(descriptor) == 0 else { throw failure(errno) }
        // A link never replaces what somebody else made meanwhile; where there are no links, a look has to do.
        if !replaces, link(temporary, path) == 0 { return }
        guard replaces || errno != EEXIST, replaces || access(path, F_OK) != 0 else {
            throw CommandFailure(.cannotCreate, "\(path) was made by another process meanwhile")
        }
        guard rename(temporary, path) == 0 else { throw failure(errno) }
    }

    private func failure(_ code: Int32) -> CommandFailure {
        CommandFailure(.inputOutput, "\(path) cannot be written: \(String(cString: strerror(code)))")
    }
}
