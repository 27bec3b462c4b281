/// One reply of a Redis server, copied out of the codec into Swift values.
///
/// Source: RESP2. The engine never asks for RESP3, so its types never appear.
public enum RedisReply: Sendable, Hashable {
    /// A null bulk string or a null array.
    case null
    /// `:n`
    case integer(Int64)
    /// A bulk string: any bytes, not necessarily UTF-8.
    case bulk([UInt8])
    /// `+text`, usually `OK`.
    case status(String)
    /// `-CODE text`: Redis refused the command, or one part of a nested reply.
    case error(RedisServerError)
    /// An array of replies.
    case array([RedisReply])
}

extension RedisReply {
    /// The bytes of a bulk or status reply, `nil` for every other kind.
    public var bytes: [UInt8]? {
        switch self {
        case .bulk(let bytes): bytes
        case .status(let text): Array(text.utf8)
        default: nil
        }
    }

    /// The text of a bulk or status reply; invalid UTF-8 is repaired. `nil` for every other kind.
    public var text: String? {
        switch self {
        case .bulk(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        default: nil
        }
    }

    /// The value of an integer reply, `nil` for every other kind.
    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The elements of an array reply, `nil` for every other kind.
    public var array: [RedisReply]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}
