/// A pattern as Redis matches it in `KEYS` and `SCAN … MATCH`, byte by byte: `*`, `?`, `[a-c]`, `[^x]`, and `\` before a literal.
///
/// The answers are those of Redis' `stringmatchlen`, in its oddities too: ranges may be written backwards, an unterminated class ends with
/// the pattern, and bytes are compared as the platform's C compares `char`. An empty text, which no key of a namespace is, matches if there
/// are only stars. Time is bounded by the product of both lengths.
public struct Glob: Sendable, Hashable {
    /// Redis answers no beyond this, since the fix of CVE-2024-31228 in 6.2.16, 7.2.6 and 7.4.1.
    private static let maximumStars = 1000

    private let pattern: [UInt8]

    /// Takes the bytes of a pattern; there are no malformed ones.
    public init(_ pattern: [UInt8]) {
        self.pattern = pattern
    }

    /// Takes a pattern in UTF-8.
    public init(_ pattern: String) {
        self.pattern = Array(pattern.utf8)
    }

    /// Whether a text matches as a whole.
    public func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8(matches)
    }

    /// Whether bytes match as a whole.
    public func matches(_ text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer(matches)
    }

    /// Walks both forward; where they part, the last star takes one byte more. Earlier stars need no second look: what the last one can
    /// still reach is a superset of what they could.
    private func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        pattern.withUnsafeBufferPointer { pattern in
            var place = 0
            var position = 0
            var stars = 0
            var retry: (place: Int, position: Int)?
            while position < text.count {
                if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                    while place < pattern.count, pattern[place] == UInt8(ascii: "*") { place += 1 }
                    if place == pattern.count { return true }
                    stars += 1
                    guard stars <= Self.maximumStars else { return false }
                    retry = (place, position)
                } else if let next = Self.step(pattern, at: place, text[position]) {
                    place = next
                    position += 1
                } else if let last = retry {
                    retry = (last.place, last.position + 1)
                    (place, position) = (last.place, last.position + 1)
                } else {
                    return false
                }
            }
            return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
        }
    }

    /// The place behind the element of the pattern at a place, or nil when it does not match the byte.
    private static func step(_ pattern: UnsafeBufferPointer<UInt8>, at place: Int, _ byte: UInt8) -> Int? {
        guard place < pattern.count else { return nil }
        switch pattern[place] {
        case UInt8(ascii: "?"):
            return place + 1
        case UInt8(ascii: "["):
            return stepOverClass(pattern, at: place + 1, byte)
        case UInt8(ascii: "\\") where place + 1 < pattern.count:
            return pattern[place + 1] == byte ? place + 2 : nil
        case let literal:
            return literal == byte ? place + 1 : nil
        }
    }

    private static func stepOverClass(_ pattern: UnsafeBufferPointer<UInt8>, at start: Int, _ byte: UInt8) -> Int? {
        var place = start
        let isNegated = place < pattern.count && pattern[place] == UInt8(ascii: "^")
        if isNegated { place += 1 }
        var isMember = false
        while place < pattern.count, pattern[place] != UInt8(ascii: "]") {
            let left = pattern.count - place
            if left >= 2, pattern[place] == UInt8(ascii: "\\") {
                isMember = isMember || pattern[place + 1] == byte
                place += 2
            } else if left >= 3, pattern[place + 1] == UInt8(ascii: "-") {
                isMember = isMember || isBetween(byte, pattern[place], pattern[place + 2])
                place += 3
            } else {
                isMember = isMember || pattern[place] == byte
                place += 1
            }
        }
        return isMember != isNegated ? min(place + 1, pattern.count) : nil
    }

    private static func isBetween(_ byte: UInt8, _ first: UInt8, _ second: UInt8) -> Bool {
        let (byte, first, second) = (CChar(truncatingIfNeeded: byte), CChar(truncatingIfNeeded: first), CChar(truncatingIfNeeded: second))
        return byte >= min(first, second) && byte <= max(first, second)
    }
}
