/// One argument of a command: bytes, sent length-delimited and therefore never interpreted.
public enum RedisArgument: Sendable, Hashable {
    case text(String)
    case bytes([UInt8])

    /// A whole number in decimal.
    public static func integer(_ value: some BinaryInteger) -> RedisArgument { .text(String(value)) }

    var count: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        }
    }

    /// Copies the argument to the front of `buffer`, which has room for it, and returns its length.
    func copy(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        switch self {
        case .text(var text):
            text.withUTF8 { utf8 in
                buffer.copyMemory(from: UnsafeRawBufferPointer(utf8))
                return utf8.count
            }
        case .bytes(let bytes):
            bytes.withUnsafeBytes { bytes in
                buffer.copyMemory(from: bytes)
                return bytes.count
            }
        }
    }
}

extension RedisArgument: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
}
