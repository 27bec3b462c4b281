import CacheServices
import Foundation
import NIOPosix
import Synchronization

/// The journal of one writer: its records as lines, one file for each day, locked by its owner.
///
/// While Redis takes every event nothing waits for the disk and the journal is the archive of what the cap trims. What Redis does not take
/// is brought to the disk before it is answered. File calls run on a thread of their own; one owner calls, one call at a time.
final class Journal: Sendable {
    let writer: WriterID
    let directory: JournalDirectory
    let pool: NIOThreadPool
    private let files: Mutex<Files>

    /// What is open. The lock only hands it from thread to thread; nobody waits for it.
    private struct Files {
        /// Held until the end: nobody else delivers what this process may still write.
        var lock: Descriptor?
        let cursor: Descriptor
        var file: Descriptor?
        var day = ""
        var size: Int64 = 0
        /// Whether something is in a file that the disk may not have.
        var isUnsynced = false
        var acknowledged = 0
        var writtenCursor = -1
    }

    private init(_ writer: WriterID, _ directory: JournalDirectory, _ pool: NIOThreadPool, _ files: consuming Files) {
        self.writer = writer
        self.directory = directory
        self.pool = pool
        self.files = Mutex(files)
    }

    /// Starts the journal of a writer that has none.
    ///
    /// - Parameter acknowledged: the sequence up to which Redis has everything already, where the journal begins late.
    static func create(
        _ writer: WriterID, acknowledged: Int = 0, in directory: JournalDirectory, on pool: NIOThreadPool
    ) async throws -> Journal {
        try await pool.runIfActive {
            try directory.create()
            // Locked before it has the name by which others look for journals that nobody holds.
            let unnamed = directory.newLockPath(writer)
            let lock = try Descriptor(unnamed, flags: O_RDWR | O_CREAT | O_EXCL, operation: "lock the journal")
            do {
                guard lock.lock() else { throw JournalError("lock the journal", code: EBUSY) }
                let cursor = try Descriptor(directory.cursorPath(writer), flags: O_RDWR | O_CREAT, operation: "open the journal's cursor")
                var files = Files(lock: lock, cursor: cursor, acknowledged: acknowledged)
                try writeCursor(&files)
                guard rename(unnamed, directory.lockPath(writer)) == 0 else { throw JournalError("lock the journal") }
                return Journal(writer, directory, pool, files)
            } catch {
                // The next attempt makes both again.
                unlink(unnamed)
                unlink(directory.cursorPath(writer))
                throw error
            }
        }
    }

    /// Takes over the journal of a writer that no living process holds.
    ///
    /// - Returns: `nil` when somebody holds it, or has ended it meanwhile.
    static func adopt(_ writer: WriterID, in directory: JournalDirectory, on pool: NIOThreadPool) async throws -> Journal? {
        try await pool.runIfActive {
            // Never made anew here: a journal without a lock file is delivered.
            guard FileManager.default.fileExists(atPath: directory.lockPath(writer)) else { return nil }
            let lock = try Descriptor(directory.lockPath(writer), flags: O_RDWR, operation: "lock the journal")
            // The file that is locked must still be the one of this name: who ended the journal meanwhile removed it.
            guard lock.lock(), lock.isStill(at: directory.lockPath(writer)) else { return nil }
            let cursor = try Descriptor(directory.cursorPath(writer), flags: O_RDWR | O_CREAT, operation: "open the journal's cursor")
            let text = String(decoding: try cursor.read(at: 0, limit: 32), as: UTF8.self).filter(\.isNumber)
            return Journal(writer, directory, pool, Files(lock: lock, cursor: cursor, acknowledged: Int(text) ?? 0))
        }
    }

    /// The sequence up to which Redis is known to have acknowledged.
    var acknowledged: Int { files.withLock { $0.acknowledged } }

    /// Notes what Redis has acknowledged; it is written with the next append, by ``writeCursor()``, and at the end.
    func acknowledge(_ sequence: Int) {
        files.withLock { $0.acknowledged = max($0.acknowledged, sequence) }
    }

    /// Adds lines; answers the place where they begin. When it fails, nothing of them is there.
    ///
    /// - Parameters:
    ///   - isSynced: whether the disk has them, and everything before, when this returns.
    ///   - day: the file that they belong to; today's if `nil`.
    func append(_ lines: [JournalLine], isSynced: Bool, in day: String? = nil) async throws -> JournalPosition {
        try await pool.runIfActive { [self] in
            var bytes: [UInt8] = []
            for line in lines { line.append(to: &bytes) }
            return try files.withLock { files throws(JournalError) in
                try append(bytes, isSynced, day: day ?? Timestamp.now.day, &files)
            }
        }
    }

    /// Cuts off what stands after a place of the day that is written to.
    func takeBack(to position: JournalPosition) async throws {
        try await pool.runIfActive { [self] in
            try files.withLock { files throws(JournalError) in
                guard files.day == position.day, let file = files.file, position.offset <= files.size else { return }
                try file.truncate(to: position.offset)
                files.size = position.offset
            }
        }
    }

    /// Writes what Redis has acknowledged, without waiting for the disk.
    func writeCursor() async {
        guard files.withLock({ $0.acknowledged != $0.writtenCursor }) else { return }
        _ = try? await pool.runIfActive { [self] in files.withLock { files in try? Self.writeCursor(&files) } }
    }

    /// Brings the cursor to the disk.
    func flushCursor() async {
        _ = try? await pool.runIfActive { [self] in
            files.withLock { files in
                try? Self.writeCursor(&files)
                try? files.cursor.sync()
            }
        }
    }

    /// Gives the journal up: what is delivered stays as the archive, without lock and cursor; anything else waits for whoever adopts it.
    func end(isDelivered: Bool) async {
        _ = try? await pool.runIfActive { [self] in
            files.withLock { files in
                try? Self.writeCursor(&files)
                try? files.file?.sync()
                if isDelivered {
                    // The lock goes first, and for good: a lock without a cursor would look like a journal of which nothing was delivered.
                    unlink(directory.lockPath(writer))
                    try? directory.sync()
                    unlink(directory.cursorPath(writer))
                }
                (files.file, files.lock) = (nil, nil)
            }
        }
    }

    /// Removes the files of days before the one that is written to, if they were last written before an instant.
    func removeDays(before limit: Date) async {
        _ = try? await pool.runIfActive { [self] in
            let present = files.withLock { $0.day }
            for day in directory.days(of: writer) where day < present { directory.removeDay(of: writer, day, before: limit) }
        }
    }

    /// Removes the journal with everything in it.
    func discard() async {
        _ = try? await pool.runIfActive { [self] in
            for day in directory.days(of: writer) { unlink(directory.dayPath(writer, day)) }
            unlink(directory.lockPath(writer))
            unlink(directory.cursorPath(writer))
        }
    }

    /// Reads on from a place, on the journal's thread.
    func read<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await pool.runIfActive(body)
    }

    private func append(_ bytes: [UInt8], _ isSynced: Bool, day: String, _ files: inout Files) throws(JournalError) -> JournalPosition {
        let file = try self.file(for: day, &files)
        let start = files.size
        do {
            // What a failed append left, because it could not be cut off then.
            if try file.size() > start { try file.truncate(to: start) }
            try file.write(bytes, at: start)
            if isSynced { try file.sync() }
        } catch {
            try? file.truncate(to: start)
            throw error
        }
        files.size += Int64(bytes.count)
        files.isUnsynced = !isSynced
        try? Self.writeCursor(&files)
        return JournalPosition(day: day, offset: start)
    }

    private func file(for day: String, _ files: inout Files) throws(JournalError) -> Descriptor {
        // A clock that goes back does not open an old file again: the order of the days is the order of the records.
        if let file = files.file, day <= files.day { return file }
        let path = directory.dayPath(writer, day)
        let file = try Descriptor(path, flags: O_RDWR | O_CREAT, operation: "open the journal")
        var size = try file.size()
        if size > 0, try file.read(at: size - 1, limit: 1) != [0x0a] {
            // A crash tore the last line: what is added must not be part of it.
            try file.write([0x0a], at: size)
            size += 1
        }
        if files.isUnsynced { try files.file?.sync() }
        // Without its name on the disk nothing in the file is there after a crash of the machine.
        try directory.sync()
        (files.file, files.day, files.size) = (file, day, size)
        return file
    }

    private static func writeCursor(_ files: inout Files) throws(JournalError) {
        guard files.acknowledged != files.writtenCursor else { return }
        let digits = String(files.acknowledged)
        try files.cursor.write(Array((String(repeating: "0", count: max(0, 20 - digits.count)) + digits + "\n").utf8), at: 0)
        files.writtenCursor = files.acknowledged
    }
}

extension Timestamp {
    /// The day by UTC, `2025-01-15`.
    var day: String { String(iso8601.prefix(10)) }
}
