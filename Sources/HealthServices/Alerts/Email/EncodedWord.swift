import Foundation

/// Text in a header that takes ASCII only (RFC 2047). Pure.
enum EncodedWord {
    /// The most bytes of text in one word: with its frame it has at most 75 characters.
    private static let wordBytes = 42
    private static let longestPlain = 200
    private static let longestText = 1000

    /// The text itself when it is short printable ASCII, else encoded words, each on a line of its own.
    static func header(_ text: String) -> String {
        let isPlain = text.utf8.count <= longestPlain && text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && !text.contains("=?")
        guard !isPlain else { return text }
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars.prefix(longestText) {
            let bytes = Array(String(scalar).utf8)
            // A character is never divided.
            if (words.last?.count ?? 0) + bytes.count > wordBytes { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { "=?UTF-8?B?\(Data($0).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }
}
