extension JSONScanner {
    /// The decimal parts of a number while its digits are read.
    private struct Decimal {
        /// The first 18 significant digits: no overflow, whatever follows.
        var digits: UInt64 = 0
        var digitCount = 0
        /// The power of ten that `digits` is to be multiplied by.
        var exponent = 0
        var isInteger = true

        mutating func add(_ digit: UInt8) {
            if digitCount > 0 || digit != 0 { digitCount += 1 }
            if digitCount <= 18 { digits = digits * 10 + UInt64(digit) }
        }

        /// The number, where one exact multiplication or division gives the nearest `Double` (Clinger 1990).
        var exact: Double? {
            guard digitCount <= 18, digits <= 1 << 53, exponent >= -22, exponent <= 22 else { return nil }
            let value = Double(digits)
            return exponent < 0 ? value / Self.powers[-exponent] : value * Self.powers[exponent]
        }

        private static let powers: [Double] = [
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
            1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
        ]
    }

    /// Reads a number whose minus sign or first digit is at `position`.
    mutating func number() throws(JSONParseError) -> JSONNumber {
        let start = position
        let isNegative = base[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var decimal = Decimal()
        if position < count, base[position] == UInt8(ascii: "0") {
            position += 1
            if digit() != nil { throw JSONParseError(.invalidNumber, at: start) }
        } else {
            try digits(of: start) { decimal.add($0) }
        }
        if position < count, base[position] == UInt8(ascii: ".") {
            position += 1
            decimal.isInteger = false
            let first = position
            try digits(of: start) { decimal.add($0) }
            decimal.exponent = first - position
        }
        if position < count, base[position] | 0x20 == UInt8(ascii: "e") {
            decimal.isInteger = false
            decimal.exponent += try exponent(of: start)
        }
        if let value = decimal.exact { return JSONNumber(finite: isNegative ? -value : value) }
        return try slowNumber(from: start, isInteger: decimal.isInteger)
    }

    private mutating func slowNumber(from start: Int, isInteger: Bool) throws(JSONParseError) -> JSONNumber {
        let text = String(decoding: UnsafeBufferPointer(start: base + start, count: position - start), as: UTF8.self)
        if isInteger, let integer = Int64(text) { return JSONNumber(integer) }
        guard let value = Double(text) else { throw JSONParseError(.invalidNumber, at: start) }
        guard let number = JSONNumber(value) else { throw JSONParseError(.numberOutOfRange, at: start) }
        return number
    }

    /// Reads an exponent; one that is absurdly large counts as a million, which is out of range just the same.
    private mutating func exponent(of start: Int) throws(JSONParseError) -> Int {
        position += 1
        var isNegative = false
        if position < count, base[position] == UInt8(ascii: "-") || base[position] == UInt8(ascii: "+") {
            isNegative = base[position] == UInt8(ascii: "-")
            position += 1
        }
        var value = 0
        try digits(of: start) { value = min(value * 10 + Int($0), 1_000_000) }
        return isNegative ? -value : value
    }

    private mutating func digits(of start: Int, _ body: (UInt8) -> Void) throws(JSONParseError) {
        guard let first = digit() else {
            throw JSONParseError(position < count ? .invalidNumber : .unexpectedEnd, at: position < count ? start : position)
        }
        body(first)
        position += 1
        while let next = digit() {
            body(next)
            position += 1
        }
    }

    private func digit() -> UInt8? {
        guard position < count else { return nil }
        let digit = base[position] &- UInt8(ascii: "0")
        return digit < 10 ? digit : nil
    }
}
