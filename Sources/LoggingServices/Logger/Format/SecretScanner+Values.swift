extension SecretScanner {
    /// The value that begins at `position`, behind a separator of some width: what is encoded deeper than the separator is part of it.
    func value(of name: Range<Int>, _ width: Int) -> Range<Int> {
        let start = position
        let quote = skippingBackslashes(start)
        if isQuote(unit(quote)) {
            let backslashes = quote - start
            let end = closing(of: quote, backslashes: backslashes)
            let behind = end + backslashes + 1
            return goesOn(behind, width) ? start..<token(from: behind, width).upperBound : (quote + 1)..<end
        }
        let first = secret(from: start, width)
        if isMark(first) { return first }
        for scheme: StaticString in ["bearer", "basic", "token", "negotiate", "apikey"]
        where first.count == scheme.utf8CodeUnitCount && isWord(scheme, endingAt: first.upperBound) {
            return start..<secret(from: skippingBlanks(first.upperBound), width).upperBound
        }
        // Cookies, and what other schemes have behind their names, are lists.
        let isHeader = isWord("cookie", endingAt: name.upperBound) || isWord("authorization", endingAt: name.upperBound)
        return isHeader ? start..<endOfLine(from: start) : first
    }

    /// A word, or a list or object with what follows it directly.
    func secret(from start: Int, _ width: Int) -> Range<Int> {
        guard isBracket(unit(start)) else { return token(from: start, width) }
        let end = closingBracket(of: start)
        return start..<(end < units.count ? token(from: end, width).upperBound : end)
    }

    private func token(from start: Int, _ width: Int) -> Range<Int> {
        var end = start
        while end < units.count, !isEndOfToken(end, width) {
            let isOpening =
                units[end] == UInt8(ascii: "\"") || (units[end] == UInt8(ascii: "'") && unit(end - 1) == UInt8(ascii: "("))
            end = isOpening ? min(closing(of: end, backslashes: 0) + 1, units.count) : end + 1
        }
        return start..<end
    }

    /// Whether a value goes on behind its closing quote, as shells have it: `'a'b`.
    private func goesOn(_ index: Int, _ width: Int) -> Bool {
        guard index < units.count, !isEndOfToken(index, width), !isQuote(units[index]) else { return false }
        return !":.|\\<>(".utf8.contains(units[index])
    }

    /// The place of the quote that closes one, or the end of the text. Before it stand as many backslashes as before the opening one.
    private func closing(of quote: Int, backslashes: Int) -> Int {
        var run = 0
        for index in (quote + 1)..<max(quote + 1, units.count) {
            if units[index] == UInt8(ascii: "\\") {
                run += 1
            } else {
                if units[index] == units[quote], width(index) == width(quote),
                    backslashes == 0 ? run.isMultiple(of: 2) : run == backslashes
                {
                    return index - backslashes
                }
                run = 0
            }
        }
        return units.count
    }

    /// Behind the bracket that closes one, or the end of the text. Brackets within quoted texts do not count.
    private func closingBracket(of start: Int) -> Int {
        var (index, depth, backslashes, before) = (start, 0, 0, UInt8(0))
        while index < units.count {
            let unit = units[index]
            switch unit {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return index + 1 }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                // An apostrophe within a word opens nothing.
                if "[{,:(".utf8.contains(before) { index = closing(of: index, backslashes: backslashes) + backslashes }
            default: break
            }
            backslashes = unit == UInt8(ascii: "\\") ? backslashes + 1 : 0
            if unit != UInt8(ascii: "\\"), !isBlank(unit) { before = unit }
            index += 1
        }
        return units.count
    }
}

extension SecretScanner {
    func unit(_ index: Int) -> UInt8 { units.indices.contains(index) ? units[index] : 0 }

    func isWord(_ word: StaticString, endingAt end: Int) -> Bool {
        let start = end - word.utf8CodeUnitCount
        guard start >= 0, end <= units.count else { return false }
        for index in 0..<word.utf8CodeUnitCount where units[start + index] | 0x20 != word.utf8Start[index] { return false }
        return true
    }

    func skippingBlanks(_ start: Int) -> Int {
        var index = start
        while isBlank(unit(index)) { index += 1 }
        return index
    }

    func skippingBackslashes(_ start: Int) -> Int {
        var index = start
        while unit(index) == UInt8(ascii: "\\") { index += 1 }
        return index
    }

    func isBlank(_ unit: UInt8) -> Bool { unit == 0x20 || (0x09...0x0D).contains(unit) }

    func isQuote(_ unit: UInt8) -> Bool { unit == UInt8(ascii: "\"") || unit == UInt8(ascii: "'") }

    func isLetterOrDigit(_ unit: UInt8) -> Bool {
        let letter = unit | 0x20
        return (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")) || (0x30...0x39).contains(unit)
    }

    func isPartOfName(_ unit: UInt8) -> Bool {
        isLetterOrDigit(unit) || unit == UInt8(ascii: "_") || unit == UInt8(ascii: "-") || unit == UInt8(ascii: ".")
    }

    private func isBracket(_ unit: UInt8) -> Bool { unit == UInt8(ascii: "[") || unit == UInt8(ascii: "{") }

    private func endOfLine(from start: Int) -> Int {
        units[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? units.count
    }

    private func isEndOfToken(_ index: Int, _ width: Int) -> Bool {
        guard index < units.count else { return true }
        guard self.width(index) <= width else { return false }
        switch units[index] {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "&"): return true
        // Within a word it is part of it.
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): return !isLetterOrDigit(unit(index + 1))
        case let unit: return isBlank(unit)
        }
    }
}
