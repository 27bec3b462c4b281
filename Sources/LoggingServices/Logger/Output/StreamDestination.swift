import Foundation

/// Standard error, or another descriptor that somebody else opened.
struct StreamDestination: LogDestination {
    /// At most so much at once, so that progress on a slow pipe is seen.
    private static let slice = 64 * 1024

    let name: String
    /// A pipe whose reader is gone does not come back.
    let keepsTrying = false
    private let open: OpenDescriptor

    /// Makes its own descriptor, so that no other file comes to stand under the number when somebody closes the original.
    init(_ descriptor: Int32, name: String, open: OpenDescriptor) {
        self.name = name
        self.open = open
        open.set(fcntl(descriptor, F_DUPFD_CLOEXEC, 3))
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) -> LogWriteOutcome {
        let descriptor = open.value
        guard descriptor >= 0 else { return .failed(EBADF) }
        return LogWriteOutcome(writing: UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.slice)), to: descriptor)
    }

    mutating func close() {
        let descriptor = open.value
        open.set(-1)
        if descriptor >= 0 { _ = Foundation.close(descriptor) }
    }
}
