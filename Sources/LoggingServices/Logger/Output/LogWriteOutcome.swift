import Foundation

/// What became of bytes that were to be written.
enum LogWriteOutcome {
    /// The first so many were written.
    case wrote(Int)
    /// A new file was begun within a record: the last so many bytes must come again.
    case rewound(Int)
    /// Nothing was written; the number of the error.
    case failed(Int32)

    /// Writes once; waits where nobody reads, whether the descriptor blocks by itself or not.
    init(writing bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
        while true {
            let count = write(descriptor, bytes.baseAddress, bytes.count)
            if count > 0 {
                self = .wrote(count)
                return
            }
            switch count == 0 ? ENOSPC : errno {
            case EINTR:
                continue
            case EAGAIN:
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, 1000)
            case let code:
                self = .failed(code)
                return
            }
        }
    }
}
