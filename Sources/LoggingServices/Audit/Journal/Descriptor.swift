import Foundation

/// An open file of the journal, closed with its owner. All calls block: they belong on the journal's own thread.
final class Descriptor: Sendable {
    let raw: Int32

    init(_ path: String, flags: Int32, operation: String) throws(JournalError) {
        var descriptor: Int32
        repeat { descriptor = open(path, flags | O_CLOEXEC, 0o640) } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else { throw JournalError(operation) }
        raw = descriptor
    }

    deinit { close(raw) }

    /// Bytes in the file.
    func size() throws(JournalError) -> Int64 {
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw JournalError("look at the journal") }
        return Int64(status.st_size)
    }

    /// Writes all bytes at a place, or fails; what a failed write left there is for the caller to cut off.
    func write(_ bytes: [UInt8], at offset: Int64) throws(JournalError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(raw, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset) + off_t(done))
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw JournalError("write the journal")
            }
            guard count > 0 else { throw JournalError("write the journal", code: ENOSPC) }
            done += count
        }
    }

    /// At most `limit` bytes from a place on; none at the end.
    func read(at offset: Int64, limit: Int) throws(JournalError) -> [UInt8] {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
                count = pread(raw, buffer.baseAddress, limit, off_t(offset))
                initialized = max(0, count)
            }
            if count >= 0 { return bytes }
            guard errno == EINTR else { throw JournalError("read the journal") }
        }
    }

    func truncate(to size: Int64) throws(JournalError) {
        guard ftruncate(raw, off_t(size)) == 0 else { throw JournalError("cut the journal") }
    }

    /// Returns when the disk has it.
    func sync() throws(JournalError) {
        while fsync(raw) != 0 {
            guard errno == EINTR else { throw JournalError("bring the journal to the disk") }
        }
    }

    /// Whether the path leads to this very file.
    func isStill(at path: String) -> Bool {
        var (mine, there) = (stat(), stat())
        return fstat(raw, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino && mine.st_dev == there.st_dev
    }

    /// Takes the file for this process; false when another one, or another owner in this one, has it.
    func lock() -> Bool { flock(raw, LOCK_EX | LOCK_NB) == 0 }
}
