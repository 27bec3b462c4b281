import CacheServices

/// The pieces of the sentence in `action`: readable, on one line, and bounded, whatever a caller put into the event.
enum AuditSentence {
    /// The most characters of a name or a word within a sentence.
    static let wordLength = 128
    /// The most characters of a text that is a sentence by itself: what an alert says, or what the system did.
    static let messageLength = 2000

    /// A text from outside as it may stand in a sentence: runs of control characters and line breaks become one space, invisible format
    /// characters go, and what is too long ends with `…`.
    static func text(_ text: String, maximumLength: Int = wordLength) -> String {
        var shown = String.UnicodeScalarView()
        var (count, isAfterSpace) = (0, true)
        for scalar in text.unicodeScalars {
            let isPrintable = TextRule.isPrintable(scalar)
            if !isPrintable, scalar.properties.generalCategory == .format { continue }
            let isSpace = !isPrintable || scalar == " "
            if isSpace, isAfterSpace { continue }
            isAfterSpace = isSpace
            guard count < maximumLength else {
                shown.append("…")
                break
            }
            shown.append(isSpace ? " " : scalar)
            count += 1
        }
        if shown.last == " " { shown.removeLast() }
        return String(shown)
    }

    /// A number as JSON writes it, `4250.5`, or a text; nothing for other values.
    static func piece(_ value: JSONValue?) -> String? {
        switch value {
        case .number(let number)?: number.text
        case .string(let text)?: Self.text(text)
        default: nil
        }
    }

    /// ` (a, b)` of the pieces that there are.
    static func aside(_ pieces: [String?]) -> String {
        let pieces = pieces.compactMap { $0 }.filter { !$0.isEmpty }
        return pieces.isEmpty ? "" : " (\(pieces.joined(separator: ", ")))"
    }
}
