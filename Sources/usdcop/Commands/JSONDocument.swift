import CacheServices

/// A text that is one JSON value, or one on each line.
///
/// It is NDJSON when a line of several is a whole value by itself; otherwise it is taken as one value that may go over many lines.
struct JSONDocument: Sendable {
    /// The most bytes of one value; ours are far smaller.
    static let valueLimit = 65536

    /// A value, and the line on which it starts.
    struct Item<Value: Sendable>: Sendable {
        let line: Int
        let value: Value
    }

    /// What is wrong with one value.
    struct Fault: Sendable, CustomStringConvertible {
        let line: Int
        let reason: String

        var description: String { "line \(line): \(reason)" }
    }

    private let texts: [Item<[UInt8]>]

    init(_ bytes: [UInt8]) {
        var lines: [Item<[UInt8]>] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { continue }
            lines.append(Item(line: index + 1, value: Array(line)))
        }
        guard lines.count > 1, let first = lines.first else {
            texts = lines
            return
        }
        func isWhole(_ line: [UInt8]) -> Bool {
            guard line.count <= Self.valueLimit, let value = try? JSONParser.parse(line) else { return false }
            return value.members != nil
        }
        texts = lines.contains { isWhole($0.value) } ? lines : [Item(line: first.line, value: bytes)]
    }

    /// The signals, and what is wrong with the others.
    func signals() -> (good: [Item<Signal>], bad: [Fault]) {
        var good: [Item<Signal>] = []
        var bad: [Fault] = []
        let latest = Timestamp.now + Signal.maximumFutureSkew
        for text in texts {
            guard text.value.count <= Self.valueLimit else {
                bad.append(Fault(line: text.line, reason: "more than \(Self.valueLimit) bytes"))
                continue
            }
            do {
                let signal = try Signal(strict: text.value)
                if signal.timestamp > latest {
                    bad.append(Fault(line: text.line, reason: "timestamp must be at most 5 minutes in the future"))
                } else {
                    good.append(Item(line: text.line, value: signal))
                }
            } catch {
                bad.append(Fault(line: text.line, reason: "\(error)"))
            }
        }
        return (good, bad)
    }
}
