import CacheServices
import Foundation

/// A log file that is opened again when somebody moved or removed it, and begun anew by size and by day (UTC).
///
/// The file and the directories above it are made when they are missing (0640 and 0750, less what the process' umask takes). When the path
/// is a link, the file behind it is moved aside and begun anew, and the link stays. Devices and open descriptors (`/dev/stdout`) are
/// written to and never moved. Several processes may write one file.
struct FileDestination: LogDestination {
    /// How long a file that cannot be moved grows on before it is tried again.
    private static let rotationPause = Duration.seconds(1)
    /// At most so much at once, so that progress is seen by the last words of a process.
    private static let slice = 64 * 1024
    private static let dayLength: Int64 = 86_400_000

    let name: String
    let keepsTrying = true
    private let path: String
    private let rules: LogFileRules
    private let open: OpenDescriptor
    private let now: @Sendable () -> Timestamp
    /// The file behind the path, where it may be moved; and those that it left behind.
    private var movable: (path: String, finished: FinishedLogFiles)?
    private var size = 0
    /// When the last record was written.
    private var lastWrite = Timestamp.earliest
    /// Bytes at the end of the file that are only the beginning of a record.
    private var torn = 0
    private var nextRotation: ContinuousClock.Instant?

    init(_ path: String, rules: LogFileRules, open: OpenDescriptor, now: @escaping @Sendable () -> Timestamp = { .now }) {
        name = "the log file"
        self.path = path
        self.rules = rules
        self.open = open
        self.now = now
    }

    /// The number of the error that keeps a file from being opened; nil when it can be.
    static func problem(with path: String, rules: LogFileRules) -> Int32? {
        var file = FileDestination(path, rules: rules, open: OpenDescriptor())
        let problem = file.reopen()
        file.close()
        return problem
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) -> LogWriteOutcome {
        let torn = torn
        if let problem = prepare() { return .failed(problem) }
        if torn > 0, self.torn == 0 { return .rewound(torn) }
        let piece = nextPiece(bytes)
        let descriptor = open.value
        let isLocked = movable != nil && LogFileLock.take(.shared, descriptor)
        defer { if isLocked { LogFileLock.release(descriptor) } }
        // Another process may have moved it just now.
        guard isCurrent else { return .rewound(0) }
        if torn > 0, self.torn == 0 { return .rewound(torn) }
        let outcome = LogWriteOutcome(writing: piece, to: descriptor)
        guard case .wrote(let count) = outcome else { return outcome }
        // Removed in between: nobody would ever read it.
        guard FileStatus(descriptor: descriptor)?.isLinked != false || movable == nil else { return .rewound(0) }
        note(piece, written: count)
        return outcome
    }

    mutating func close() {
        let descriptor = open.value
        open.set(-1)
        if descriptor >= 0 { _ = Foundation.close(descriptor) }
    }

    /// Opens what must be opened; the number of the error when it cannot be.
    private mutating func prepare() -> Int32? {
        if !isCurrent, let problem = reopen() { return problem }
        if movable != nil, size > 0, torn == 0, day(now()) > day(lastWrite) { rotate() }
        return nil
    }

    private func day(_ time: Timestamp) -> Int64 { time.milliseconds / Self.dayLength }

    /// Whether the path leads to the open file; its size is what it is now.
    private var isCurrent: Bool {
        mutating get {
            guard let here = FileStatus(descriptor: open.value), here.isSameFile(as: FileStatus(path: path)) else { return false }
            if here.isRegular, here.size != size {
                // Another process wrote, or somebody made it shorter: the rest of a record would not come to stand behind its beginning.
                (size, lastWrite, torn) = (here.size, here.modified, 0)
            }
            return true
        }
    }

    private mutating func reopen() -> Int32? {
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK
        var descriptor = Foundation.open(path, flags, 0o640)
        if descriptor < 0, errno == ENOENT {
            try? FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o750])
            descriptor = Foundation.open(path, flags, 0o640)
        }
        guard descriptor >= 0 else { return errno }
        guard let status = FileStatus(descriptor: descriptor) else {
            let problem = errno
            _ = Foundation.close(descriptor)
            return problem
        }
        let old = open.value
        open.set(descriptor)
        if old >= 0 { _ = Foundation.close(old) }
        movable = status.isRegular ? LogFilePlace.movableFile(behind: path).map { ($0, FinishedLogFiles(of: $0)) } : nil
        size = status.size
        torn = 0
        lastWrite = size > 0 ? status.modified : now()
        movable?.finished.prune(rules, now: now())
        return nil
    }

    /// Moves the file aside under the time of its last record and begins a new one. When that fails, it grows on.
    private mutating func rotate() {
        if let nextRotation, ContinuousClock.now < nextRotation { return }
        nextRotation = .now + Self.rotationPause
        let descriptor = open.value
        guard let movable, LogFileLock.take(.exclusive, descriptor) else { return }
        // Another process may have moved it in the meantime.
        if isCurrent {
            guard let file = FileStatus(descriptor: descriptor), movable.finished.take(movable.path, file, lastRecord: lastWrite) else {
                return LogFileLock.release(descriptor)
            }
        }
        // With the old file its lock is given back.
        if reopen() == nil { nextRotation = nil } else { LogFileLock.release(descriptor) }
    }

    /// The records that fit into the current file; after a rotation into the new one.
    private mutating func nextPiece(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        // The rest of a record belongs where its beginning is.
        if torn > 0 { return UnsafeRawBufferPointer(rebasing: bytes[..<LogRecords.firstEnd(in: bytes)]) }
        if movable != nil, size > 0, LogRecords.firstEnd(in: bytes) > rules.maximumSize - size { rotate() }
        let room = rules.maximumSize - size
        let first = LogRecords.firstEnd(in: bytes)
        // What cannot be moved grows on.
        let limit = movable == nil || (first > room && size > 0) ? Self.slice : min(room, Self.slice)
        let end = LogRecords.lastEnd(in: bytes, within: limit)
        return UnsafeRawBufferPointer(rebasing: bytes[..<(end > 0 ? end : first)])
    }

    private mutating func note(_ piece: UnsafeRawBufferPointer, written count: Int) {
        size += count
        lastWrite = now()
        if count == piece.count {
            torn = 0
        } else {
            let end = LogRecords.lastEnd(in: piece, within: count)
            torn = end > 0 ? count - end : torn + count
        }
    }
}
