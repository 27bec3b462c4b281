/// A price as people and programs write it: `4008.70`, `"$4,008.70"`, `4.008,70`, `4 008,70`, `COP 4,008.70`.
///
/// Digits are ASCII. Around the number there may be spaces, one sign, and `$`, `COP`, `COP$` or `COL$`. Thousands may be
/// separated by commas, points or spaces, always in groups of three.
///
/// **Which of comma and point is the decimal mark** is told by the text itself where it can be:
/// - both occur: the last one, which must occur once;
/// - one occurs several times: it groups, so that the other one is the mark;
/// - one occurs once, and what follows is not exactly three digits, or what precedes is more than three digits or starts
///   with zero, or spaces group: it is the mark.
///
/// What is left is one comma or point between one to three digits and exactly three: `4.008` and `4,008`. Both are
/// ``ambiguous(ifPoint:ifComma:)``, and only the rest of the file can say (see ``PriceHistoryReader``).
enum PriceText: Equatable, Sendable {
    /// The character before the decimals.
    enum DecimalMark: Equatable, Sendable {
        case point, comma
    }

    /// A number whose writing shows its decimal mark, or (nil) that needs none.
    case number(Double, mark: DecimalMark?)

    /// A number that depends on what the decimal mark is.
    case ambiguous(ifPoint: Double, ifComma: Double)

    /// Prices outside cannot be of a currency, and arithmetic on those inside never overflows.
    static let range = 1e-9...1e12

    /// Reads a price.
    ///
    /// - Throws: ``PriceTextError`` if the text is no number, not above zero, or out of ``range``.
    init(_ text: String) throws(PriceTextError) {
        let number = try Self.unwrapped(text)
        let runs = number.digits.split(omittingEmptySubsequences: false) { !$0.isDigit }
        let separators = number.digits.filter { !$0.isDigit }
        guard runs.allSatisfy({ !$0.isEmpty }), runs.count == separators.count + 1 else { throw .malformed }

        func value(decimals: Bool) throws(PriceTextError) -> Double {
            let whole = decimals ? runs.dropLast() : runs[...]
            guard Self.isGrouped(whole) else { throw .malformed }
            let fraction = decimals ? [[UInt8(ascii: ".")], runs[runs.count - 1]] : []
            return try Self.checked((whole + fraction).joined(), isNegative: number.isNegative)
        }

        guard let last = separators.last else {
            self = .number(try value(decimals: false), mark: nil)
            return
        }
        let others = separators.dropLast()
        let mark: DecimalMark = last == .comma ? .comma : .point
        if others.contains(last) || last == .space {
            guard others.allSatisfy({ $0 == last }) else { throw .malformed }
            let other: DecimalMark = mark == .comma ? .point : .comma
            self = .number(try value(decimals: false), mark: last == .space ? nil : other)
        } else if let group = others.first {
            guard others.allSatisfy({ $0 == group }) else { throw .malformed }
            self = .number(try value(decimals: true), mark: mark)
        } else if runs[1].count == 3, Self.isGrouped(runs[...]) {
            let (decimal, whole) = (try value(decimals: true), try value(decimals: false))
            self = mark == .point ? .ambiguous(ifPoint: decimal, ifComma: whole) : .ambiguous(ifPoint: whole, ifComma: decimal)
        } else {
            self = .number(try value(decimals: true), mark: mark)
        }
    }

    /// The price if `mark` is the decimal mark. A text that shows its mark is not changed by it.
    func value(decimalMark mark: DecimalMark) -> Double {
        switch self {
        case .number(let value, _): value
        case .ambiguous(let ifPoint, let ifComma): mark == .point ? ifPoint : ifComma
        }
    }

    /// Takes off spaces, sign and currency, and writes every kind of space as one ASCII space.
    private static func unwrapped(_ text: String) throws(PriceTextError) -> (digits: [UInt8], isNegative: Bool) {
        guard text.utf8.count <= 64 else { throw .malformed }
        var rest = text.unicodeScalars.map { spaces.contains($0) ? " " : $0 }[...]
        var isNegative = false
        func trim() {
            while rest.first == " " { rest.removeFirst() }
            while rest.last == " " { rest.removeLast() }
        }
        func takeSign() -> Bool {
            trim()
            guard let sign = rest.first, sign == "+" || sign == "-" else { return false }
            rest.removeFirst()
            isNegative = sign == "-"
            trim()
            return true
        }
        let hasSign = takeSign()
        if let currency = currencies.first(where: { rest.starts(with: $0.unicodeScalars) }) {
            rest.removeFirst(currency.unicodeScalars.count)
        } else if let currency = currencies.first(where: { rest.reversed().starts(with: $0.unicodeScalars.reversed()) }) {
            rest.removeLast(currency.unicodeScalars.count)
        }
        if !hasSign { _ = takeSign() }
        trim()
        var digits: [UInt8] = []
        for scalar in rest {
            guard scalar.isASCII, case let byte = UInt8(truncatingIfNeeded: scalar.value),
                byte.isDigit || byte == .comma || byte == .point || byte == .space
            else { throw .malformed }
            digits.append(byte)
        }
        return (digits, isNegative)
    }

    /// Whether runs of digits are one number, or a number in groups of three that does not start with zero.
    private static func isGrouped(_ runs: ArraySlice<ArraySlice<UInt8>>) -> Bool {
        guard let first = runs.first, runs.count > 1 else { return true }
        return first.count <= 3 && first.first != UInt8(ascii: "0") && runs.dropFirst().allSatisfy { $0.count == 3 }
    }

    private static func checked(_ number: some Sequence<UInt8>, isNegative: Bool) throws(PriceTextError) -> Double {
        guard let value = Double(String(decoding: Array(number), as: UTF8.self)) else { throw .malformed }
        guard value > 0, !isNegative else { throw .notPositive }
        guard range.contains(value) else { throw .outOfRange }
        return value
    }

    /// Tab, space, no-break space, thin space, narrow no-break space.
    private static let spaces: Set<Unicode.Scalar> = ["\t", " ", "\u{A0}", "\u{2009}", "\u{202F}"]
    private static let currencies = ["COP$", "COP", "COL$", "$"]
}

extension UInt8 {
    fileprivate static let comma = UInt8(ascii: ",")
    fileprivate static let point = UInt8(ascii: ".")
    fileprivate static let space = UInt8(ascii: " ")
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
