import Foundation

/// An advisory lock on an open log file, between processes that write the same one: shared while a record is written, exclusive while the
/// file is moved aside. So none writes to a file that is finished, and none moves a file that another has just begun.
enum LogFileLock {
    private static let attempts = 20
    private static let pauseMicroseconds: UInt32 = 1000

    enum Kind {
        case shared
        case exclusive
    }

    /// Tries for 20 ms: a process that was stopped in the wrong moment must not stop the others.
    ///
    /// - Returns: false when another process holds it; true as well where the file system has no locks.
    static func take(_ kind: Kind, _ descriptor: Int32) -> Bool {
        for _ in 0..<attempts {
            if flock(descriptor, (kind == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK || errno == EINTR else { return true }
            usleep(pauseMicroseconds)
        }
        return false
    }

    static func release(_ descriptor: Int32) { _ = flock(descriptor, LOCK_UN) }
}
