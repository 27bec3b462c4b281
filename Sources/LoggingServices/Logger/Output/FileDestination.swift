import CacheServices
import Foundation

/// A log file that is opened again when somebody moved it away, and begun anew by size and by day (UTC).
///
/// The file and the directories above it are made when they are missing (0640 and 0750, less what the process' umask takes). Whatever
/// else stands under the path, such as a device, is written to and never moved.
struct FileDestination: LogDestination {
    /// How often it looks whether the path still leads to the open file.
    private static let lookInterval = Duration.seconds(1)
    private static let dayLength: Int64 = 86_400_000

    let name: String
    let keepsTrying = true
    private let path: String
    private let rules: LogFileRules
    private let finished: FinishedLogFiles
    private let open: OpenDescriptor
    private let now: @Sendable () -> Timestamp
    private var size = 0
    private var isRegular = false
    /// When the last record was written.
    private var lastWrite = Timestamp.earliest
    /// Bytes at the end of the file that are only the beginning of a record.
    private var torn = 0
    private var looked = ContinuousClock.now
    /// A file that cannot be moved grows on; it is tried again, but not with every record.
    private var nextRotation: ContinuousClock.Instant?

    init(_ path: String, rules: LogFileRules, open: OpenDescriptor, now: @escaping @Sendable () -> Timestamp = { .now }) {
        name = "the log file"
        self.path = path
        self.rules = rules
        self.open = open
        self.now = now
        finished = FinishedLogFiles(of: path)
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
        let outcome = LogWriteOutcome(writing: piece, to: open.value)
        if case .wrote(let count) = outcome { note(piece, written: count) }
        return outcome
    }

    mutating func close() {
        let descriptor = open.value
        open.set(-1)
        if descriptor >= 0 { _ = Foundation.close(descriptor) }
    }

    /// Opens what must be opened; the number of the error when it cannot be.
    private mutating func prepare() -> Int32? {
        if open.value < 0 || ContinuousClock.now - looked > Self.lookInterval {
            looked = .now
            if !isCurrent, let problem = reopen() { return problem }
        }
        if isRegular, size > 0, torn == 0, day(now()) > day(lastWrite) { rotate() }
        return nil
    }

    private func day(_ time: Timestamp) -> Int64 { time.milliseconds / Self.dayLength }

    /// Whether the path leads to the open file; its size is what it is now.
    private var isCurrent: Bool {
        mutating get {
            guard open.value >= 0 else { return false }
            var (there, here) = (stat(), stat())
            guard fstat(open.value, &here) == 0, stat(path, &there) == 0 else { return false }
            size = Int(here.st_size)
            return there.st_ino == here.st_ino && there.st_dev == here.st_dev
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
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let problem = errno
            _ = Foundation.close(descriptor)
            return problem
        }
        let old = open.value
        open.set(descriptor)
        if old >= 0 { _ = Foundation.close(old) }
        isRegular = status.st_mode & S_IFMT == S_IFREG
        size = Int(status.st_size)
        torn = 0
        lastWrite = size > 0 ? Timestamp(milliseconds: Self.milliseconds(status)) : now()
        finished.prune(rules, now: now())
        return nil
    }

    /// Moves the file aside under the time of its last record and begins a new one. When that fails, it grows on.
    private mutating func rotate() {
        if let nextRotation, ContinuousClock.now < nextRotation { return }
        nextRotation = .now + Self.lookInterval
        // Another process may have moved it in the meantime.
        if isCurrent {
            guard let aside = finished.path(lastWrite), rename(path, aside) == 0 else { return }
        }
        if reopen() == nil { nextRotation = nil }
    }

    /// The records that fit into the current file; after a rotation into the new one.
    private mutating func nextPiece(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        // The rest of a record belongs where its beginning is.
        if torn > 0 { return UnsafeRawBufferPointer(rebasing: bytes[..<LogRecords.firstEnd(in: bytes)]) }
        guard isRegular, size + bytes.count > rules.maximumSize else { return bytes }
        var end = LogRecords.lastEnd(in: bytes, within: rules.maximumSize - size)
        if end == 0, size > 0 {
            rotate()
            guard size == 0 else { return bytes }
            end = LogRecords.lastEnd(in: bytes, within: rules.maximumSize - size)
        }
        return UnsafeRawBufferPointer(rebasing: bytes[..<(end > 0 ? end : LogRecords.firstEnd(in: bytes))])
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

    private static func milliseconds(_ status: stat) -> Int64 {
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
