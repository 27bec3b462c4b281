import Foundation

/// Standard output for answers, standard error for everything else.
struct Console: Sendable {
    /// How answers look: coloured on a terminal, unless `NO_COLOR` is set.
    let style: TextStyle

    init() {
        let environment = ProcessInfo.processInfo.environment
        style =
            Self.isTerminal(STDOUT_FILENO) && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
            ? .coloured : .plain
    }

    /// Whether people watch a stream.
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Writes to standard output.
    ///
    /// - Throws: ``CommandFailure/outputClosed`` when nobody reads any more, else a failure with 74.
    func write(_ text: String) throws(CommandFailure) {
        try write(Array(text.utf8))
    }

    /// Writes to standard output.
    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        switch Self.write(bytes, to: STDOUT_FILENO) {
        case 0: return
        case EPIPE: throw .outputClosed
        case let code: throw CommandFailure(.inputOutput, "standard output cannot be written: \(String(cString: strerror(code)))")
        }
    }

    /// Writes a line to standard error; nothing can be done when that fails.
    func note(_ line: String) {
        _ = Self.write(Array((line + "\n").utf8), to: STDERR_FILENO)
    }

    /// Answers 0 or the error's number.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = Foundation.poll(&poll, 1, 1000)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }
}
