extension SecretScanner {
    /// At `://`: user and password are what stands before the last `@`.
    ///
    /// Passwords are pasted into URLs as they are, so that slashes, quotes and `@` may stand in them. A `@` in a path is one of those
    /// too where a colon comes before it: rather a host that is not shown than a password that is.
    mutating func scanAddress() {
        // How deep the address itself is encoded: what is encoded deeper is part of its parts.
        let width = max(width(position), width(position + 1), width(position + 2))
        let start = position + 3
        if start >= address.end { measureAddress(from: start, width) }
        position = start
        var (end, hasColon) = (start, false)
        while end < address.end, !isEndOfAuthority(end, width) {
            if units[end] == UInt8(ascii: ":") { hasColon = true }
            end += 1
        }
        let isNumeric = unit(start) == UInt8(ascii: "[")
        if let at = address.at, at >= start {
            if at < end || (hasColon && !isNumeric) { replace(start..<at) }
        } else if isCut, address.end == units.count, end == units.count || (hasColon && !isNumeric) {
            // Its `@` may be in what was cut off.
            replace(start..<units.count)
        }
    }

    /// Finds where an address ends. One that begins within another ends where that does, so that none is walked over twice.
    private mutating func measureAddress(from start: Int, _ width: Int) {
        var scheme = position
        while scheme > 0, position - scheme < 32, isPartOfName(units[scheme - 1]) || units[scheme - 1] == UInt8(ascii: "+") { scheme -= 1 }
        let isInApostrophes = unit(scheme - 1) == UInt8(ascii: "'")
        var (end, at) = (start, Int?.none)
        while end < units.count {
            let own = self.width(end)
            if own <= width {
                switch units[end] {
                case UInt8(ascii: "@"): at = end
                case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"): return address = (end, at)
                // A legal part of a password, and of most that people write.
                case UInt8(ascii: "'") where isInApostrophes && !isLetterOrDigit(unit(end + 1)): return address = (end, at)
                case UInt8(ascii: "&") where own < width: return address = (end, at)
                case let unit where isBlank(unit): return address = (end, at)
                default: break
                }
            }
            end += 1
        }
        address = (end, at)
    }

    private func isEndOfAuthority(_ index: Int, _ width: Int) -> Bool {
        switch units[index] {
        case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"): self.width(index) <= width
        default: false
        }
    }
}
