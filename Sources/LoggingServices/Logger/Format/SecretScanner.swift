/// Walks over a text of UTF-8 and replaces what looks like a secret.
struct SecretScanner {
    private let units: UnsafeBufferPointer<UInt8>
    private var output: [UInt8] = []
    /// Up to where the text is in the output, or replaced.
    private var copied = 0
    private var position = 0

    private init(_ units: UnsafeBufferPointer<UInt8>) { self.units = units }

    /// The text with its secrets replaced; nil when there is none.
    static func redacted(_ units: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var scanner = SecretScanner(units)
        scanner.scan()
        guard scanner.copied > 0 else { return nil }
        scanner.output.append(contentsOf: units[scanner.copied...])
        return scanner.output
    }

    private mutating func scan() {
        while position < units.count {
            switch units[position] {
            case UInt8(ascii: ":") where unit(position + 1) == UInt8(ascii: "/") && unit(position + 2) == UInt8(ascii: "/"):
                address()
            case UInt8(ascii: ":"), UInt8(ascii: "="):
                separator()
            case UInt8(ascii: "r"), UInt8(ascii: "R"):
                position += 1
                if isBlank(unit(position)), isWord("bearer", endingAt: position) { replace(token(from: skippingBlanks(position))) }
            default:
                position += 1
            }
        }
    }

    /// At `://`: user and password are what stands before the last `@` of the authority.
    private mutating func address() {
        let start = position + 3
        position = start
        var end = start
        while end < units.count, !isEndOfAuthority(units[end]) { end += 1 }
        if let at = units[start..<end].lastIndex(of: UInt8(ascii: "@")) { return replace(start..<at) }
        // A slash within a password ends the authority too early; a port would have nothing but digits.
        guard let colon = units[start..<end].lastIndex(of: UInt8(ascii: ":")), unit(start) != UInt8(ascii: "["),
            units[(colon + 1)..<end].contains(where: { !(0x30...0x39).contains($0) })
        else { return }
        while end < units.count, !isEndOfAddress(units[end]) { end += 1 }
        if let at = units[start..<end].lastIndex(of: UInt8(ascii: "@")) { replace(start..<at) }
    }

    /// At a separator: the value is a secret when the name before it says so.
    private mutating func separator() {
        let name = self.name(before: position)
        position += 1
        guard !name.isEmpty, Redaction.isSecret(UnsafeBufferPointer(rebasing: units[name])) else { return }
        while position < units.count,
            isBlank(units[position]) || units[position] == UInt8(ascii: ">") || units[position] == UInt8(ascii: "=")
        {
            position += 1
        }
        replace(value(of: name))
    }

    /// `Name` in `Name: x`, `"Name" : x`, `\"Name\":x`, `["Name"] = x`, `Name := x`.
    private func name(before separator: Int) -> Range<Int> {
        var end = separator
        while end > 0, separator - end < 8, isBetweenNameAndSeparator(units[end - 1]) { end -= 1 }
        var start = end
        while start > 0, end - start < 64, isPartOfName(units[start - 1]) { start -= 1 }
        return start..<end
    }

    /// The value that begins at `position`.
    private func value(of name: Range<Int>) -> Range<Int> {
        let start = position
        var quote = start
        while unit(quote) == UInt8(ascii: "\\") { quote += 1 }
        if unit(quote) == UInt8(ascii: "\"") || unit(quote) == UInt8(ascii: "'") {
            return (quote + 1)..<closing(of: quote, backslashes: quote - start)
        }
        if unit(start) == UInt8(ascii: "[") || unit(start) == UInt8(ascii: "{") { return start..<closingBracket(of: start) }
        let first = token(from: start)
        let isHeader = isWord("cookie", endingAt: name.upperBound) || isWord("authorization", endingAt: name.upperBound)
        for scheme: StaticString in ["bearer", "basic", "token", "negotiate", "apikey"]
        where first.count == scheme.utf8CodeUnitCount && isWord(scheme, endingAt: first.upperBound) {
            return start..<token(from: skippingBlanks(first.upperBound)).upperBound
        }
        // Cookies, and what other schemes have behind their names, are lists.
        return isHeader ? start..<endOfLine(from: start) : first
    }

    private func token(from start: Int) -> Range<Int> {
        var end = start
        while end < units.count, !isEndOfToken(units[end]) {
            end = units[end] == UInt8(ascii: "\"") ? min(closing(of: end, backslashes: 0) + 1, units.count) : end + 1
        }
        return start..<end
    }

    /// The place of the quote that closes one, or the end of the text. Before it stand as many backslashes as before the opening one.
    private func closing(of quote: Int, backslashes: Int) -> Int {
        var run = 0
        for index in (quote + 1)..<max(quote + 1, units.count) {
            if units[index] == UInt8(ascii: "\\") {
                run += 1
            } else {
                if units[index] == units[quote], backslashes == 0 ? run.isMultiple(of: 2) : run == backslashes {
                    return index - backslashes
                }
                run = 0
            }
        }
        return units.count
    }

    private func closingBracket(of start: Int) -> Int {
        var depth = 0
        for index in start..<units.count {
            switch units[index] {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
        }
        return units.count
    }

    private mutating func replace(_ range: Range<Int>) {
        position = max(position, range.upperBound)
        guard !range.isEmpty, !units[range].starts(with: Redaction.mark.utf8.dropLast()) else { return }
        output.append(contentsOf: units[copied..<range.lowerBound])
        output.append(contentsOf: Redaction.mark.utf8)
        copied = range.upperBound
    }
}

extension SecretScanner {
    private func unit(_ index: Int) -> UInt8 { units.indices.contains(index) ? units[index] : 0 }

    private func isWord(_ word: StaticString, endingAt end: Int) -> Bool {
        let start = end - word.utf8CodeUnitCount
        guard start >= 0 else { return false }
        for index in 0..<word.utf8CodeUnitCount where units[start + index] | 0x20 != word.utf8Start[index] { return false }
        return true
    }

    private func skippingBlanks(_ start: Int) -> Int {
        var index = start
        while isBlank(unit(index)) { index += 1 }
        return index
    }

    private func endOfLine(from start: Int) -> Int {
        units[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? units.count
    }

    private func isBlank(_ unit: UInt8) -> Bool { unit == 0x20 || (0x09...0x0D).contains(unit) }

    private func isEndOfAuthority(_ unit: UInt8) -> Bool {
        isEndOfAddress(unit) || unit == UInt8(ascii: "/") || unit == UInt8(ascii: "?") || unit == UInt8(ascii: "#")
    }

    private func isEndOfAddress(_ unit: UInt8) -> Bool {
        isBlank(unit) || unit == UInt8(ascii: "\"") || unit == UInt8(ascii: "'") || unit == UInt8(ascii: "<") || unit == UInt8(ascii: ">")
    }

    private func isEndOfToken(_ unit: UInt8) -> Bool {
        isBlank(unit) || unit == UInt8(ascii: ",") || unit == UInt8(ascii: ";") || unit == UInt8(ascii: "&") || unit == UInt8(ascii: ")")
            || unit == UInt8(ascii: "]") || unit == UInt8(ascii: "}")
    }

    private func isBetweenNameAndSeparator(_ unit: UInt8) -> Bool {
        isBlank(unit) || unit == UInt8(ascii: "\"") || unit == UInt8(ascii: "'") || unit == UInt8(ascii: "\\") || unit == UInt8(ascii: "]")
            || unit == UInt8(ascii: ":")
    }

    private func isPartOfName(_ unit: UInt8) -> Bool {
        let letter = unit | 0x20
        return (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")) || (0x30...0x39).contains(unit)
            || unit == UInt8(ascii: "_") || unit == UInt8(ascii: "-") || unit == UInt8(ascii: ".")
    }
}
