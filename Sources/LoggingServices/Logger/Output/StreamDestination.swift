import Foundation

/// Standard error, or another descriptor that somebody else opened.
struct StreamDestination: LogDestination {
    /// At most so much at once, so that progress on a slow pipe is seen.
    private static let slice = 64 * 1024

    let name: String
    /// A pipe whose reader is gone does not come back.
    let keepsTrying = false
    private let open: OpenDescriptor
    /// Whether the last byte that was written is within a line; and whether the rest of that line was given up.
    private var isWithinLine = false
    private var isTorn = false

    /// Makes its own descriptor, so that no other file comes to stand under the number when somebody closes the original.
    init(_ descriptor: Int32, name: String, open: OpenDescriptor) {
        self.name = name
        self.open = open
        open.set(fcntl(descriptor, F_DUPFD_CLOEXEC, 3))
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) -> LogWriteOutcome {
        let descriptor = open.value
        guard descriptor >= 0 else { return .failed(EBADF) }
        // The half of a record must not swallow the next one.
        if isTorn {
            let outcome = [UInt8(ascii: "\n")].withUnsafeBytes { LogWriteOutcome(writing: $0, to: descriptor) }
            guard case .wrote = outcome else { return outcome }
            isTorn = false
        }
        let outcome = LogWriteOutcome(writing: UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.slice)), to: descriptor)
        switch outcome {
        case .wrote(let count): isWithinLine = bytes[count - 1] != UInt8(ascii: "\n")
        case .failed, .rewound: (isTorn, isWithinLine) = (isWithinLine, false)
        }
        return outcome
    }

    mutating func close() {
        let descriptor = open.value
        open.set(-1)
        if descriptor >= 0 { _ = Foundation.close(descriptor) }
    }
}
