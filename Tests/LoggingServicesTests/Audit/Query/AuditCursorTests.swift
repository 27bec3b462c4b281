import CacheServices
@testable import LoggingServices
import Testing

@Suite struct AuditCursorTests {
    @Test(arguments: ["0-0", "1736937000000-3", "18446744073709551615-18446744073709551615"])
    func `a cursor reads back, and is safe in a URL`(id: String) throws {
        let cursor = AuditCursor(try #require(StreamID(id)))
        #expect(AuditCursor(cursor.text) == cursor)
        #expect(cursor.text.utf8.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "=") })
    }

    @Test(arguments: [
        "", "x", "1-0", "MToxLTA=", "MToxLTA ", "MToxLTB", "Mjox LTA", "MjoxLTA", "MTox", "MTo", "\u{661}",
        String(repeating: "A", count: 4000),
    ])
    func `what no page has given is no cursor`(text: String) {
        #expect(AuditCursor(text) == nil)
    }

    @Test func `it holds the identity`() {
        #expect(AuditCursor("MToxLTA") == AuditCursor(StreamID(milliseconds: 1, sequence: 0)))
    }
}
