/// Walks over a text of UTF-8 and replaces what looks like a secret. Every part of the text is looked at a bounded number of times.
struct SecretScanner {
    /// What is read: the text, decoded where there is something to decode.
    let units: UnsafeBufferPointer<UInt8>
    /// The text ends here only for us: what lies beyond is not shown either.
    let isCut: Bool
    var position = 0
    /// The address that was looked at last: where it ends, and its last `@`.
    var address = (end: 0, at: Int?.none)

    private let text: UnsafeBufferPointer<UInt8>
    /// Where each unit begins in the text; empty when they are the same.
    private let starts: UnsafeBufferPointer<Int>
    private var output: [UInt8] = []
    /// Up to where the text is in the output, or replaced.
    private var copied = 0

    private init(
        _ text: UnsafeBufferPointer<UInt8>, units: UnsafeBufferPointer<UInt8>, starts: UnsafeBufferPointer<Int>, isCut: Bool
    ) {
        (self.text, self.units, self.starts, self.isCut) = (text, units, starts, isCut)
    }

    /// The text with its secrets replaced; nil when there is none.
    ///
    /// - Parameter isCut: whether more of the text is left out behind it.
    static func redacted(_ text: UnsafeBufferPointer<UInt8>, isCut: Bool = false) -> [UInt8]? {
        guard let decoded = DecodedText(text) else {
            var scanner = SecretScanner(text, units: text, starts: UnsafeBufferPointer(start: nil, count: 0), isCut: isCut)
            return scanner.redacted()
        }
        return decoded.units.withUnsafeBufferPointer { units in
            decoded.starts.withUnsafeBufferPointer { starts in
                var scanner = SecretScanner(text, units: units, starts: starts, isCut: isCut)
                return scanner.redacted()
            }
        }
    }

    private mutating func redacted() -> [UInt8]? {
        scan()
        guard copied > 0 else { return nil }
        output.append(contentsOf: text[copied...])
        return output
    }

    private mutating func scan() {
        while position < units.count {
            switch units[position] {
            case UInt8(ascii: ":") where unit(position + 1) == UInt8(ascii: "/") && unit(position + 2) == UInt8(ascii: "/"):
                scanAddress()
            case UInt8(ascii: ":"), UInt8(ascii: "="):
                scanSeparator()
            case UInt8(ascii: "("):
                scanCall()
            case UInt8(ascii: ",") where isQuote(unit(position - 1)):
                scanPair()
            case UInt8(ascii: ">"):
                scanElement()
            case UInt8(ascii: "-") where unit(position + 1) == UInt8(ascii: "-"):
                scanOption()
            case UInt8(ascii: "H"):
                scanLogin()
            case UInt8(ascii: "r"), UInt8(ascii: "R"):
                scanBearer()
            default:
                position += 1
            }
        }
    }

    /// Replaces units, unless that was done before, and goes on behind them.
    mutating func replace(_ range: Range<Int>) {
        position = max(position, range.upperBound)
        guard !range.isEmpty, !isMark(range) else { return }
        output.append(contentsOf: text[copied..<place(range.lowerBound)])
        output.append(contentsOf: Redaction.mark.utf8)
        copied = place(range.upperBound)
    }

    func isMark(_ range: Range<Int>) -> Bool { units[range].elementsEqual(Redaction.mark.utf8) }

    /// How many bytes of the text are behind a unit: 1 for one that stands as it is, 3 for `%3D`.
    func width(_ index: Int) -> Int { index + 1 < starts.count ? starts[index + 1] - starts[index] : 1 }

    private func place(_ index: Int) -> Int { starts.isEmpty ? index : starts[index] }
}
