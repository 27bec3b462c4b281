extension SecretScanner {
    /// At a separator: the value is a secret when the name before it says so.
    mutating func scanSeparator() {
        let (name, width) = (name(before: position), width(position))
        position += 1
        guard isSecret(name) else { return }
        while position < units.count,
            isBlank(units[position]) || units[position] == UInt8(ascii: ">") || units[position] == UInt8(ascii: "=")
        {
            position += 1
        }
        replace(value(of: name, width))
    }

    /// At `(` of `password("…")`.
    mutating func scanCall() {
        let name = name(before: position)
        let isDirect = isPartOfName(unit(position - 1))
        position += 1
        if isDirect, isQuote(unit(skippingBackslashes(position))), isSecret(name) { replace(value(of: name, 1)) }
    }

    /// At the comma of `"X-API-Key", "…"`. Of `"AUTH", "user", "password"` both are replaced.
    mutating func scanPair() {
        let name = name(before: position)
        guard isQuote(unit(name.lowerBound - 1)), isSecret(name) else { return position += 1 }
        let count = name.count == 4 && isWord("auth", endingAt: name.upperBound) ? 2 : 1
        for _ in 0..<count {
            guard unit(position) == UInt8(ascii: ",") else { return }
            let start = skippingBlanks(position + 1)
            let quote = skippingBackslashes(start)
            position += 1
            guard isQuote(unit(quote)) else { return }
            position = start
            replace(value(of: name, 1))
            position = min(skippingBackslashes(position) + 1, units.count)
        }
    }

    /// At `>` of `<password>…</password>`.
    mutating func scanElement() {
        let name = name(before: position)
        let isElement = isPartOfName(unit(position - 1)) && unit(name.lowerBound - 1) == UInt8(ascii: "<")
        position += 1
        guard isElement, isSecret(name), let end = units[position...].firstIndex(of: UInt8(ascii: "<")), unit(end + 1) == UInt8(ascii: "/")
        else { return }
        replace(position..<end)
    }

    /// At `--password …`; a value behind `=` is found at its separator.
    mutating func scanOption() {
        let isStart = !isPartOfName(unit(position - 1))
        let start = position + 2
        var end = start
        while isPartOfName(unit(end)) { end += 1 }
        position = end
        guard isStart, isBlank(unit(end)), isSecret(max(start, end - 64)..<end) else { return }
        let value = skippingBlanks(end)
        guard value < units.count, units[value] != UInt8(ascii: "-"), !isOrdinaryWord(value) else { return }
        position = value
        replace(self.value(of: start..<end, 1))
    }

    /// At the end of `AUTH` as Redis and SMTP have it: one or two words follow.
    mutating func scanLogin() {
        position += 1
        guard isWord("auth", endingAt: position), units[(position - 4)..<position].allSatisfy({ $0 < 0x60 }),
            !isPartOfName(unit(position - 5))
        else { return }
        var place = isQuote(unit(position)) ? position + 1 : position
        for _ in 0..<2 {
            let start = skippingBlanks(place)
            guard start > place, start < units.count, units[place] != 0x0A, !isOrdinaryWord(start) else { return }
            position = start
            replace(isQuote(units[start]) ? value(of: start..<start, 1) : secret(from: start, 1))
            place = isQuote(unit(position)) ? position + 1 : position
        }
    }

    /// At the end of `Bearer …`.
    mutating func scanBearer() {
        position += 1
        guard isBlank(unit(position)), isWord("bearer", endingAt: position) else { return }
        replace(secret(from: skippingBlanks(position), 1))
    }

    /// `Name` in `Name: x`, `"Name" : x`, `\"Name\":x`, `["Name"] = x`, `Name := x`.
    private func name(before separator: Int) -> Range<Int> {
        var end = separator
        while end > 0, separator - end < 8, isBetweenNameAndSeparator(units[end - 1]) { end -= 1 }
        var start = end
        while start > 0, end - start < 64, isPartOfName(units[start - 1]) { start -= 1 }
        return start..<end
    }

    private func isSecret(_ name: Range<Int>) -> Bool {
        !name.isEmpty && Redaction.isSecret(UnsafeBufferPointer(rebasing: units[name]))
    }

    private func isBetweenNameAndSeparator(_ unit: UInt8) -> Bool {
        isBlank(unit) || isQuote(unit) || unit == UInt8(ascii: "\\") || unit == UInt8(ascii: "]") || unit == UInt8(ascii: ":")
    }

    /// Whether a sentence goes on here: what comes after `--password` or AUTH in a message about them is no secret.
    private func isOrdinaryWord(_ start: Int) -> Bool {
        var end = start
        while end - start < 10, isLetterOrDigit(unit(end)) { end += 1 }
        return Self.ordinaryWords.contains { $0.utf8CodeUnitCount == end - start && isWord($0, endingAt: end) }
    }

    private static let ordinaryWords: [StaticString] = [
        "is", "was", "must", "may", "can", "cannot", "needs", "has", "does", "and", "or", "not", "with", "without", "to", "for", "in",
        "if", "requires", "required", "failed", "called", "command",
    ]
}
