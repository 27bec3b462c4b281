import Testing

/// Bytes on the wire as a test's argument: shown in one line, with line breaks escaped.
struct Wire: ExpressibleByStringLiteral, CustomTestStringConvertible, Sendable {
    let text: String

    init(_ text: String) { self.text = text }
    init(stringLiteral text: String) { self.init(text) }

    var bytes: [UInt8] { Array(text.utf8) }

    var testDescription: String {
        let shown = text.debugDescription
        return shown.count > 60 ? "\(shown.prefix(50))… (\(text.utf8.count) bytes)" : shown
    }
}
