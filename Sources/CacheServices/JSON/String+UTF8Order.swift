extension String {
    /// Whether the UTF-8 bytes come before those of another text: the order of canonical JSON, and of Redis and Lua.
    func precedesInUTF8(_ other: String) -> Bool {
        var (text, other) = (self, other)
        return text.withUTF8 { left in
            other.withUTF8 { right in
                let common = min(left.count, right.count)
                var index = 0
                while index < common, left[index] == right[index] { index += 1 }
                return index < common ? left[index] < right[index] : left.count < right.count
            }
        }
    }

    /// Whether the UTF-8 bytes begin with those of another text; `hasPrefix` does not see a prefix that a combining mark follows.
    func beginsInUTF8(with prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    /// Whether both have the same UTF-8 bytes; `==` also equates different spellings of one character.
    func hasSameUTF8(as other: String) -> Bool {
        utf8.count == other.utf8.count && self == other && utf8.elementsEqual(other.utf8)
    }
}
