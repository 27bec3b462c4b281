/// Whether a spreadsheet might take a text for a formula.
///
/// Formulas begin with `=`, `+`, `-` or `@`, also in their full-width forms. Programs pass over spaces before them, and some over quotes,
/// control characters and characters that cannot be seen, so these do not hide one. A tab, CR or LF there is guarded whatever follows, and
/// so is `'`, which makes the guard reversible: every text that begins with one `'` in the file lost nothing but that.
///
/// A program that divides the file by semicolons or tabs sees no quotes around a field that begins in the middle of a line, and divides
/// texts at these, and at line breaks. So the same holds for what follows a `;`, a tab, a CR or an LF within a text. Whoever drops one `'`
/// at the beginning and one behind each of these, has the text as it was.
enum FormulaGuard {
    /// Whether other programs may begin a field behind this byte.
    static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ";"), 0x09, 0x0a, 0x0d: true
        default: false
        }
    }

    /// Whether what follows a separator within a text needs a guard.
    static func isNeededBehindSeparator(_ rest: UnsafeBufferPointer<UInt8>) -> Bool {
        // A line break ends what would be the field, and what follows it has a guard of its own.
        guard let next = rest.first, next != 0x0a, next != 0x0d else { return false }
        return isNeeded(rest)
    }

    static func isNeeded(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var place = text.startIndex
        while place < text.endIndex {
            switch text[place] {
            case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: "'"), 0x09, 0x0a, 0x0d:
                return true
            case UInt8(ascii: " "), UInt8(ascii: "\""), 0..<0x20, 0x7f:
                place += 1
            case 0xc2 where place + 1 < text.endIndex && (text[place + 1] <= 0xa0 || text[place + 1] == 0xad):
                // Control characters, the space that does not break, the soft hyphen.
                place += 2
            case 0xe1...0xef where place + 2 < text.endIndex:
                let scalar = UInt32(text[place] & 0x0f) << 12 | UInt32(text[place + 1] & 0x3f) << 6 | UInt32(text[place + 2] & 0x3f)
                switch scalar {
                case 0xff0b, 0xff0d, 0xff1d, 0xff20, 0xff07: return true
                // Spaces, separators, directions and joiners, the byte order mark.
                case 0x1680, 0x180e, 0x2000...0x200f, 0x2028...0x202f, 0x205f...0x206f, 0x3000, 0xfeff: place += 3
                default: return false
                }
            default: return false
            }
        }
        return false
    }
}
