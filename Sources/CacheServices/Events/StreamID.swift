/// The identity and order of a stream entry: milliseconds and a number within them.
///
/// Source: Redis Streams.
public struct StreamID: Sendable, Hashable, Comparable {
    public let milliseconds: UInt64
    public let sequence: UInt64

    public init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// Before every entry.
    public static let zero = StreamID(milliseconds: 0, sequence: 0)

    /// Reads `milliseconds-sequence`, or the milliseconds alone; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        func number(_ part: Substring) -> UInt64? {
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt64(part) : nil
        }
        guard let first = parts.first.flatMap(number) else { return nil }
        milliseconds = first
        guard let second = parts.count == 2 ? number(parts[1]) : 0 else { return nil }
        sequence = second
    }

    public static func < (left: StreamID, right: StreamID) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }

    /// The greatest identity before this one; zero for zero.
    package var previous: StreamID {
        guard sequence == 0 else { return StreamID(milliseconds: milliseconds, sequence: sequence - 1) }
        return milliseconds == 0 ? .zero : StreamID(milliseconds: milliseconds - 1, sequence: .max)
    }

    /// The smallest identity after this one.
    var next: StreamID {
        sequence < .max
            ? StreamID(milliseconds: milliseconds, sequence: sequence + 1) : StreamID(milliseconds: milliseconds &+ 1, sequence: 0)
    }
}

extension StreamID: CustomStringConvertible {
    public var description: String { "\(milliseconds)-\(sequence)" }
}
