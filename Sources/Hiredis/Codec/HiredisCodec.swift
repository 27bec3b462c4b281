// The only file that imports CHiredis. libhiredis is the codec, never the transport: its formatter makes commands and its
// reader parses replies; sockets, timeouts and TLS are NIO's.
import CHiredis

/// The codec of one connection: libhiredis' reader in front of a ``ReplyBuilder``. Also the home of the command formatter.
///
/// The reader gets object functions of our own, so that a reply is built as Swift values at once: no C reply is ever allocated.
/// They are set field by field on a zeroed struct, which is what makes the same source compile against 0.14.1 and 1.x: the
/// types of 1.x that RESP2 does not have stay without a function, and a reply that contains one is never completed and refused.
final class HiredisCodec {
    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let builder: Box
    private var bytesSinceWholeReply = 0

    /// What the C callbacks reach through `privdata`.
    private final class Box {
        var builder: ReplyBuilder
        init(_ builder: ReplyBuilder) { self.builder = builder }
    }

    /// hiredis moves the rest of its buffer to the front every kilobyte that it consumed, so it is fed in slices that keep the rest short.
    private static let slice = 8 << 10
    /// Statuses, errors, numbers and the heads of bulks and arrays are lines; Redis' own are far shorter.
    private static let longestLine = 64 << 10

    /// `nil` when libhiredis cannot allocate a reader.
    init?(limits: ReplyLimits) {
        functions = .allocate(capacity: 1)
        functions.initialize(to: Self.makeFunctions())
        builder = Box(ReplyBuilder(limits: limits))
        guard let reader = redisReaderCreateWithFunctions(functions) else {
            functions.deallocate()
            return nil
        }
        self.reader = reader
        reader.pointee.privdata = Unmanaged.passUnretained(builder).toOpaque()
    }

    deinit {
        redisReaderFree(reader)
        functions.deallocate()
    }

    /// Parses what arrived; whole replies are appended to `replies` in order.
    ///
    /// - Throws: ``RedisError`` with `protocolViolation`; the connection cannot be used any more.
    func feed(_ bytes: UnsafeRawBufferPointer, into replies: inout [RedisReply]) throws(RedisError) {
        var offset = 0
        while offset < bytes.count {
            let length = min(Self.slice, bytes.count - offset)
            bytesSinceWholeReply += length
            let bound = builder.builder.limits.maximumBytes
            guard bytesSinceWholeReply - Self.slice <= bound else { throw Self.violation("a reply is too large") }
            let fed = redisReaderFeed(reader, bytes.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self), length)
            guard fed == REDIS_OK else { throw Self.violation("the reader refused the bytes") }
            offset += length
            try drain(into: &replies)
            guard !lineIsEndless else { throw Self.violation("a line does not end") }
        }
    }

    /// hiredis searches a line that has not ended from its start at every feed, so an endless one would cost quadratic time.
    private var lineIsEndless: Bool {
        let rest = reader.pointee.len - reader.pointee.pos
        guard rest > Self.longestLine, let start = reader.pointee.buf else { return false }
        return !UnsafeRawBufferPointer(start: start + reader.pointee.pos, count: Self.longestLine).contains(UInt8(ascii: "\n"))
    }

    private func drain(into replies: inout [RedisReply]) throws(RedisError) {
        while true {
            var marker: UnsafeMutableRawPointer?
            guard redisReaderGetReply(reader, &marker) == REDIS_OK else { throw Self.violation("a reply is malformed or exceeds a bound") }
            guard marker != nil else { return }
            guard let reply = builder.builder.take() else { throw Self.violation("a reply has a type that was not asked for") }
            replies.append(reply)
            bytesSinceWholeReply = reader.pointee.len - reader.pointee.pos
        }
    }

    private static func violation(_ what: String) -> RedisError {
        RedisError(.protocolViolation, .unknown, "The server broke the Redis protocol: \(what). The connection was closed.")
    }

    /// Formats one command; every argument is length-delimited, so no byte in it can end it.
    ///
    /// `nil` when libhiredis cannot allocate.
    static func encode(_ name: String, _ arguments: [RedisArgument]) -> [UInt8]? {
        let total = arguments.reduce(name.utf8.count) { $0 + $1.count }
        let count = arguments.count + 1
        return withUnsafeTemporaryAllocation(byteCount: max(total, 1), alignment: 1) { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { pointers in
                withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { lengths in
                    var offset = 0
                    for index in 0..<count {
                        let argument = index == 0 ? RedisArgument.text(name) : arguments[index - 1]
                        let length = argument.copy(into: UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]))
                        let start = bytes.baseAddress.map { UnsafeRawPointer($0 + offset).assumingMemoryBound(to: CChar.self) }
                        pointers.initializeElement(at: index, to: start)
                        lengths.initializeElement(at: index, to: length)
                        offset += length
                    }
                    return format(pointers, lengths)
                }
            }
        }
    }

    private static func format(
        _ pointers: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>, _ lengths: UnsafeMutableBufferPointer<Int>
    ) -> [UInt8]? {
        // The sds form formats lengths without printf.
        var target: sds?
        let written = lengths.withMemoryRebound(to: size_t.self) { lengths in
            Int(redisFormatSdsCommandArgv(&target, numericCast(pointers.count), pointers.baseAddress, lengths.baseAddress))
        }
        guard written > 0, let target else { return nil }
        defer { redisFreeSdsCommand(target) }
        return Array(UnsafeRawBufferPointer(start: target, count: written))
    }

    private static func makeFunctions() -> redisReplyObjectFunctions {
        var functions = redisReplyObjectFunctions()
        functions.createString = { task, text, length in
            guard let task, let text, let box = HiredisCodec.box(task) else { return nil }
            let bytes = UnsafeRawBufferPointer(start: text, count: Int(length))
            switch task.pointee.type {
            case REDIS_REPLY_STRING: box.builder.value(.bulk(Array(bytes)))
            case REDIS_REPLY_STATUS: box.builder.value(.status(String(decoding: bytes, as: UTF8.self)))
            case REDIS_REPLY_ERROR: box.builder.value(.error(RedisServerError(String(decoding: bytes, as: UTF8.self))))
            default: return nil
            }
            return HiredisCodec.marker(task)
        }
        functions.createArray = { task, count in
            // 1.x announces maps, sets, pushes and attributes in the same way.
            guard let task, task.pointee.type == REDIS_REPLY_ARRAY, let box = HiredisCodec.box(task) else { return nil }
            guard box.builder.array(count: Int(clamping: count)) else { return nil }
            return HiredisCodec.marker(task)
        }
        functions.createInteger = { task, value in
            guard let task, let box = HiredisCodec.box(task) else { return nil }
            box.builder.value(.integer(value))
            return HiredisCodec.marker(task)
        }
        functions.createNil = { task in
            // The type of a RESP2 null is that of what is missing; a null of its own is RESP3.
            guard let task, task.pointee.type != REDIS_REPLY_NIL, let box = HiredisCodec.box(task) else { return nil }
            box.builder.value(.null)
            return HiredisCodec.marker(task)
        }
        // Nothing to free: what stands for an object is the task's own address.
        functions.freeObject = { _ in }
        return functions
    }

    private static func box(_ task: UnsafePointer<redisReadTask>) -> Box? {
        task.pointee.privdata.map { Unmanaged<Box>.fromOpaque($0).takeUnretainedValue() }
    }

    /// hiredis takes null for "out of memory", so a completed object is stood for by some pointer; it is never read.
    private static func marker(_ task: UnsafePointer<redisReadTask>) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(mutating: UnsafeRawPointer(task))
    }
}
