import Crypto
import NIOCore

/// Strong entity tags and the condition that clients make with them (RFC 9110, sections 8.8.3 and 13.1.2).
enum EntityTag {
    /// The tag of a body: half of its SHA-256, in quotes.
    static func of(_ body: ByteBuffer) -> String {
        let digest = body.withUnsafeReadableBytes { SHA256.hash(data: $0) }
        var tag = "\""
        for byte in digest.prefix(16) {
            let digits = String(byte, radix: 16)
            tag += digits.count == 1 ? "0" + digits : digits
        }
        return tag + "\""
    }

    /// Whether `If-None-Match` names a tag: `*`, or a list that holds it by weak comparison.
    static func matches(_ tag: String, condition: String) -> Bool {
        for candidate in condition.split(separator: ",") {
            var candidate = candidate.trimmingSpaces
            if candidate == "*" { return true }
            if candidate.hasPrefix("W/") { candidate = candidate.dropFirst(2) }
            if candidate == tag { return true }
        }
        return false
    }
}

extension Substring {
    /// Without spaces and tabs at both ends.
    var trimmingSpaces: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
