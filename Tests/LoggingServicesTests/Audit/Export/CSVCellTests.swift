@testable import LoggingServices
import Testing

/// One field of the CSV file: quotes, escapes, and the guard against formulas.
@Suite struct CSVCellTests {
    private static func cell(_ text: String, isEscaped: Bool = false) -> String? {
        var row = CSVRow()
        row.begin(room: 0)
        row.add(UInt8(ascii: ","))
        let isWritten = Array(text.utf8).withUnsafeBufferPointer { row.add(cell: $0, isEscaped: isEscaped) }
        #expect(isWritten || row.count == 1)
        return isWritten ? String(decoding: row.bytes.dropFirst(), as: UTF8.self) : nil
    }

    @Test(arguments: [
        ("", "\"\""), ("plain", "\"plain\""), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("a\r\nb", "\"a\r\nb\""),
        ("é😀\u{202e}", "\"é😀\u{202e}\""), ("a=b", "\"a=b\""), ("3-4", "\"3-4\""), ("\u{0}", "\"\u{0}\""),
        ("{\"a\":-1}", "\"{\"\"a\"\":-1}\""),
    ])
    func `a text is quoted, and stays what it is`(text: String, cell: String) {
        #expect(Self.cell(text) == cell)
    }

    @Test(arguments: [
        "=1+1", "+1", "-1", "@SUM(A1)", "'quoted", "  =1", "\ttab", "\rcr", "\nlf", " \t", "\"=1\"", " \" +1", "\u{0}=1", "\u{1f}@x",
        "\u{7f}-1",
        "\u{a0}=1", "\u{85}=1", "\u{ad}=1", "\u{feff}=1", "\u{200b}=1", "\u{202e}=1", "\u{2003}=1", "\u{3000}=1", "＝1", "＋1", "－1", "＠x",
        " ＝1", "'", "-",
    ])
    func `what a spreadsheet might take for a formula gets a mark in front`(text: String) throws {
        let cell = try #require(Self.cell(text))
        #expect(cell == "\"'" + text.replacing("\"", with: "\"\"") + "\"")
    }

    @Test(arguments: [
        ("a;=1", "a;'=1"), ("a; +1", "a;' +1"), ("a;'b", "a;''b"), ("a\t-1", "a\t'-1"), ("a\n@x", "a\n'@x"), ("a\r\n=1", "a\r\n'=1"),
        ("a;\"=1", "a;'\"=1"), ("a;＝1", "a;'＝1"), ("a;b\r\nc\td", "a;b\r\nc\td"), ("a;;=1", "a;;'=1"), (";\t=", ";'\t'="),
    ])
    func `what another separator would leave for a formula has a mark behind the separator`(text: String, marked: String) {
        #expect(Self.cell(text) == "\"" + marked.replacing("\"", with: "\"\"") + "\"")
    }

    @Test(arguments: ["", " ", "a=1", "1-1", "{\"a\":\"=1\"}", "é=1", "漢=1", "\u{0}", "(=1)", "<-"])
    func `what none takes for a formula has no mark`(text: String) throws {
        #expect(try #require(Self.cell(text)).hasPrefix("\"'") == false)
    }

    @Test(arguments: [
        (#"a\"b\\c\/d"#, "\"a\"\"b\\c/d\""), (#"\n\r"#, "\"'\n\r\""), (#"\b\f"#, "\"\u{8}\u{c}\""), (#"\t=1"#, "\"'\t'=1\""),
        (#"\u0000"#, "\"\u{0}\""),
        (#"\u003d1"#, "\"'=1\""), (#"\u007F"#, "\"\u{7f}\""),
    ])
    func `the inside of a JSON string is undone on the way`(text: String, cell: String) {
        #expect(Self.cell(text, isEscaped: true) == cell)
    }

    @Test(arguments: [#"\u00e9"#, #"\ud83d\ude00"#, #"\u12"#, #"\"#, #"\x"#, #"\u00"#, #"\u00g0"#])
    func `other escapes are left to the parser, and leave nothing behind`(text: String) {
        #expect(Self.cell(text, isEscaped: true) == nil)
    }

    @Test(
        arguments: [(0, "0"), (9, "9"), (10, "10"), (1_736_937_000_000, "1736937000000"), (.max, "18446744073709551615")]
            as [(UInt64, String)])
    func `numbers are written in decimal`(number: UInt64, text: String) {
        var row = CSVRow()
        row.add(digitsOf: number)
        #expect(String(decoding: row.bytes, as: UTF8.self) == text)
    }
}
