import CacheServices
import Logging
import Testing

@testable import LoggingServices

@Suite("Escaping in log lines")
struct EscapingTests {
    /// What must never stand in a line as it is.
    static let unfit: [Unicode.Scalar] =
        (Array(0x00...0x1F) + Array(0x7F...0x9F) + [0x61C, 0x200E, 0x200F, 0x2028, 0x2029] + Array(0x202A...0x202E) + Array(0x2066...0x2069)
        + [0xFEFF]).compactMap { Unicode.Scalar(UInt32($0)) }

    private static func lines(_ format: LineFormat, _ text: String) -> String {
        let metadata: Logger.Metadata = [
            text: .string(text), "nested": [[text: [.string(text)]]], "v": .stringConvertible(Said(description: text)),
        ]
        var context: [UInt8] = []
        MetadataJSON.write(["service": .string(text)], into: &context)
        let error = LoggedError(Said(description: text), function: text, file: text, line: 1)
        return String(
            decoding: format.bytes(LogEntry(level: .error, message: text, context: context, error: error, metadata: metadata)),
            as: UTF8.self)
    }

    private struct Said: Error, CustomStringConvertible {
        let description: String
    }

    @Test(arguments: unfit, [LineFormat.json, .pretty(coloured: false)])
    func `what could break out of a line is escaped, wherever it stands`(scalar: Unicode.Scalar, format: LineFormat) {
        let line = Self.lines(format, "a\(Character(scalar))b")
        #expect(!line.dropLast().unicodeScalars.contains { $0 == scalar && $0 != "\n" })
        #expect(line.contains("a\\"))
        #expect(line.split(separator: "\n").dropFirst().allSatisfy { $0.hasPrefix("  ") })
        #expect(Array(line.utf8).withUnsafeBytes { LogRecords.count(in: $0) } == 1)
        if format == .json { #expect(line.utf8.filter { $0 == 0x0A }.count == 1) }
    }

    @Test(arguments: unfit + ["\"", "\\", "/", "é", "€", "😀", "\u{2027}", "\u{2030}", "\u{2065}", "\u{A0}", "\u{FEFE}", "\u{61B}"])
    func `JSON gives back what was said`(scalar: Unicode.Scalar) throws {
        let text = "x\(Character(scalar))\(Character(scalar))y"
        let entry = try json(Self.lines(.json, text).dropLast())
        #expect(entry["message"]?.text?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
        #expect(entry["metadata"]?["v"]?.text?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
        #expect(entry["context"]?["service"]?.text?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
    }

    @Test(arguments: ["plain", "Zürich 東京 😀 👨‍👩‍👧 Ω", "C:\\new \"quoted\"", "50% {a} [b]"])
    func `what is harmless stays as it is in a pretty line`(text: String) {
        let line = LineFormat.pretty(coloured: false).bytes(LogEntry(level: .info, message: text))
        #expect(String(decoding: line, as: UTF8.self).hasSuffix("[INFO] \(text)\n"))
    }

    @Test(arguments: [LineFormat.json, .pretty(coloured: true)])
    func `an injected record stays within its own`(format: LineFormat) {
        let forged = [
            "ok\n{\"timestamp\":\"2025-01-15T10:30:00.000Z\",\"level\":\"info\",\"message\":\"forged\",\"context\":{}}",
            "ok\r\n📝 2025-01-15T10:30:00.000Z [INFO] forged", "ok\u{2028}📝 forged", "ok\u{1B}[2K\u{1B}[1A📝 forged", "\"},{\"x\":\"",
            "ok\n  Metadata: {\"forged\":true}\n📝 forged",
        ]
        for text in forged {
            let bytes = format.bytes(LogEntry(level: .warn, message: text, metadata: ["a": .string(text), text: "b"]))
            #expect(bytes.withUnsafeBytes { LogRecords.count(in: $0) } == 1)
            #expect(!String(decoding: bytes, as: UTF8.self).contains("\n📝"))
            #expect(bytes.filter { $0 == 0x1B }.count == (format == .json ? 0 : 2))
        }
    }
}
