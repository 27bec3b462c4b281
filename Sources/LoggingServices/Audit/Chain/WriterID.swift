public import CacheServices
import Foundation

/// Names one writer of the trail: one run of one process, or what follows it after Redis lost data.
///
/// 1 to 96 letters, digits, `.`, `_` and `-`, beginning with a letter or digit. Those that are made here read
/// `<host>-<process>-<time>-<random>`, so that `redis-cli` shows where an event came from.
public struct WriterID: Sendable, Hashable {
    public let rawValue: String

    /// Reads a name; `nil` when it has another form.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...96).contains(bytes.count), let first = bytes.first, Self.isAlphanumeric(first), bytes.allSatisfy(Self.isAllowed) else {
            return nil
        }
        rawValue = text
    }

    private init(valid text: String) { rawValue = text }

    /// A name that no other writer has.
    public static func make(at time: Timestamp = .now) -> WriterID {
        let host = String(
            decoding: ProcessInfo.processInfo.hostName.lowercased().utf8.prefix { $0 != UInt8(ascii: ".") }.filter(isAlphanumeric).prefix(
                24),
            as: UTF8.self)
        let digits = time.iso8601.utf8.prefix(19).filter(isAlphanumeric)
        let random = String(UInt64.random(in: 0...UInt64.max) | 1 << 63, radix: 16)
        let process = ProcessInfo.processInfo.processIdentifier
        return WriterID(valid: "\(host.isEmpty ? "host" : host)-\(process)-\(String(decoding: digits, as: UTF8.self))Z-\(random)")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: false
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}

extension WriterID: CustomStringConvertible {
    public var description: String { rawValue }
}
