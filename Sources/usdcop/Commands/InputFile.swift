import Foundation
import Synchronization

/// A file or standard input (`-`), read in chunks off Swift's own threads.
struct InputFile: Sendable {
    /// The bytes of one read.
    static let chunkSize = 65536

    private let descriptor: Int32
    /// What messages call it.
    let name: String
    /// The size in bytes; `nil` for what has none, such as a pipe.
    let size: Int?

    private init(descriptor: Int32, name: String, size: Int?) {
        self.descriptor = descriptor
        self.name = name
        self.size = size
    }

    /// Opens it for the length of `body`.
    ///
    /// - Throws: ``CommandFailure`` with 74 when it cannot be opened or is a directory.
    static func with<Value: Sendable>(_ path: String, _ body: @Sendable (InputFile) async throws -> Value) async throws -> Value {
        let isStandard = path == "-"
        let name = isStandard ? "standard input" : path
        let descriptor = isStandard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(name, errno) }
        defer { if !isStandard { close(descriptor) } }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(name, errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw failure(name, EISDIR) }
        let size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        return try await body(InputFile(descriptor: descriptor, name: name, size: size))
    }

    /// The next bytes; empty at the end. Cancelling ends the waiting for whoever writes into a pipe.
    func chunk() async throws -> [UInt8] {
        let (descriptor, name, cancellation) = (descriptor, name, Cancellation())
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                    while !cancellation.hasCome, poll(&waiting, 1, 100) == 0 {}
                    guard !cancellation.hasCome else { return continuation.resume(throwing: CancellationError()) }
                    var bytes = [UInt8](repeating: 0, count: Self.chunkSize)
                    var count: Int
                    repeat { count = read(descriptor, &bytes, bytes.count) } while count < 0 && errno == EINTR
                    if count < 0 {
                        continuation.resume(throwing: Self.failure(name, errno))
                    } else {
                        bytes.removeLast(bytes.count - count)
                        continuation.resume(returning: bytes)
                    }
                }
            }
        } onCancel: {
            cancellation.come()
        }
    }

    /// Tells a thread that waits that nobody wants its result any more.
    private final class Cancellation: Sendable {
        private let state = Mutex(false)
        var hasCome: Bool { state.withLock { $0 } }
        func come() { state.withLock { $0 = true } }
    }

    /// Everything, up to a limit.
    ///
    /// - Throws: ``CommandFailure`` with 65 when there is more.
    func contents(limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let chunk = try await chunk()
            if chunk.isEmpty { return bytes }
            bytes += chunk
            guard bytes.count <= limit else { throw CommandFailure(.badData, "\(name) has more than \(limit) bytes") }
        }
    }

    /// Reads a whole file or standard input.
    static func contents(of path: String, limit: Int) async throws -> [UInt8] {
        try await with(path) { try await $0.contents(limit: limit) }
    }

    private static func failure(_ name: String, _ code: Int32) -> CommandFailure {
        CommandFailure(.inputOutput, "\(name) cannot be read: \(String(cString: strerror(code)))")
    }
}
