import CacheServices
@testable import LoggingServices
import Testing

/// The scanner agrees with the parser, or leaves the work to it.
@Suite struct AuditEntryScanTests {
    private static func scan(_ text: String) -> [String: String]? { scan(Array(text.utf8)) }

    private static func scan(_ bytes: [UInt8]) -> [String: String]? {
        bytes.withUnsafeBufferPointer { buffer in
            guard let scan = AuditEntryScan(buffer) else { return nil }
            var found: [String: String] = [:]
            for member in AuditEntryScan.Member.allCases {
                if let span = scan[member] { found["\(member)"] = String(decoding: buffer[span], as: UTF8.self) }
            }
            return found
        }
    }

    @Test func `it finds every member of an entry as this program writes it`() throws {
        let text =
            #"{"action":"a\"}{","after_state":{"b":["}",{}],"c":"\\"},"audit_id":"1","before_state":[],"extra":1,"#
            + #""metadata":{},"symbol":"X","timestamp":"t","user_id":"u"}"#
        #expect(
            Self.scan(text) == [
                "action": #""a\"}{""#, "afterState": #"{"b":["}",{}],"c":"\\"}"#, "auditID": #""1""#, "beforeState": "[]",
                "metadata": "{}", "symbol": #""X""#, "timestamp": #""t""#, "userID": #""u""#,
            ])
        #expect(Self.scan(#"{"action":1}"#) == ["action": "1"])
        #expect(Self.scan(#"{"a":null,"action":true}"#) == ["action": "true"])
    }

    @Test(arguments: [
        "", "{", "}", "{}", "[]", "x", #"{"action"}"#, #"{"action":}"#, #"{"action":"x}"#, #"{"action":"x"},"#, #"{"action":"x"}}"#,
        #"{"action":"x",}"#, #"{"action":"x""symbol":"y"}"#, #"{"symbol":"y","action":"x"}"#, #"{"action":"x","action":"y"}"#,
        #"{ "action":"x"}"#, #"{"action": {"a":1}"#, "{\"action\":\"x\ny\"}", #"{"action":"x\"#, #"{"action":{"x"}"#,
        "{\"action\":\"\u{0}\"}",
    ])
    func `other forms are left to the parser`(text: String) {
        #expect(Self.scan(text) == nil)
    }

    @Test func `invalid UTF-8 is left to the parser`() {
        #expect(Self.scan(Array(#"{"action":""#.utf8) + [0xff] + Array(#""}"#.utf8)) == nil)
        #expect(Self.scan(#"{"action":"é"}"#) == ["action": #""é""#])
    }

    @Test func `cut and changed entries neither trap nor mislead`() throws {
        let whole = try AuditLogEntry.numbered(5).json
        var random = SystemRandomNumberGenerator()
        for length in 0..<whole.count { #expect(Self.scan(Array(whole[..<length])) == nil) }
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0...Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] =
                    Array(#""\{}[],:x "#.utf8 + [0, 0x80]).randomElement(using: &random) ?? 0
            }
            guard let found = Self.scan(bytes), let value = try? JSONParser.parse(bytes, duplicateKeys: .refused) else { continue }
            // Where both read it, they read the same.
            #expect(
                found["action"] == value["action"].map { String(decoding: JSONWriter.bytes($0), as: UTF8.self) }
                    || found["action"]?.contains("\\") == true)
        }
    }
}
