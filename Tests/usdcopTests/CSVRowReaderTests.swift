import Testing

@testable import usdcop

@Suite("CSV rows")
struct CSVRowReaderTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let rows: [CSVRow]
        var rowLimit = CSVRowReader.defaultRowLimit
        var testDescription: String { name }
    }

    @Test("come out of a text whole", arguments: samples)
    func wholeText(sample: Sample) {
        #expect(Self.rows(of: sample, chunk: .max) == sample.rows)
    }

    @Test("are the same however the text is cut", arguments: samples, [1, 2, 3, 5, 7])
    func anyCut(sample: Sample, chunk: Int) {
        #expect(Self.rows(of: sample, chunk: chunk) == sample.rows)
    }

    @Test("never stop the reader, whatever the bytes", arguments: 0..<200 as Range<UInt64>)
    func anyBytes(seed: UInt64) {
        var random = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        let alphabet = Array("\"\"\",,\r\n\nab\u{EF}".utf8) + [0xFF, 0x00, 0xEF, 0xBB, 0xBF]
        let bytes = (0..<400).map { _ in
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return alphabet[Int((random >> 33) % UInt64(alphabet.count))]
        }
        let whole = Self.rows(of: bytes, chunk: .max, rowLimit: 20)
        #expect(whole == Self.rows(of: bytes, chunk: 1, rowLimit: 20))
        #expect(zip(whole, whole.dropFirst()).allSatisfy { $0.line < $1.line })
        let lines = bytes.reduce(1) { $0 + ($1 == 0x0A || $1 == 0x0D ? 1 : 0) }
        #expect(whole.allSatisfy { (1...lines).contains($0.line) })
    }

    @Test("of which one never ends are given up at the limit, and the lines below it are read")
    func boundedRow() {
        var reader = CSVRowReader(rowLimit: 1000)
        var rows = reader.feed(Array("time,price\n\"open\n".utf8))
        for _ in 0..<3 { rows += reader.feed(Array(repeating: UInt8(ascii: "x"), count: 400)) }
        rows += reader.feed(Array("\n1,2\n".utf8))
        rows += reader.finish()
        #expect(rows.map(\.line) == [1, 2, 3, 4])
        #expect(rows[1].fields == .failure(.tooLarge(limit: 1000)))
        #expect(rows[2].fields == .failure(.tooLarge(limit: 1000)))
        #expect(rows[3].fields == .success(["1", "2"]))
    }

    @Test("that are not UTF-8 are bad, and alone", arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0xAF]] as [[UInt8]])
    func invalidText(bytes: [UInt8]) {
        let text = Array("a,b\n1,".utf8) + bytes + Array("\n3,4\n".utf8)
        #expect(
            Self.rows(of: text, chunk: 1) == [.row(1, "a", "b"), .bad(2, .invalidUTF8), .row(3, "3", "4")])
    }

    @Test("of a second text count from line 1 again")
    func reuse() {
        var reader = CSVRowReader()
        #expect(reader.feed(Array("a\n\"b".utf8)) == [.row(1, "a")])
        #expect(reader.finish() == [.bad(2, .unterminatedQuote)])
        #expect(reader.feed(Array("\u{FEFF}c\n".utf8)) == [.row(1, "c")])
        #expect(reader.finish().isEmpty)
    }

    private static func rows(of sample: Sample, chunk: Int) -> [CSVRow] {
        rows(of: Array(sample.text.utf8), chunk: chunk, rowLimit: sample.rowLimit)
    }

    private static func rows(of bytes: [UInt8], chunk: Int, rowLimit: Int = CSVRowReader.defaultRowLimit) -> [CSVRow] {
        var reader = CSVRowReader(rowLimit: rowLimit)
        var rows: [CSVRow] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            rows += reader.feed(rest.prefix(chunk))
            rest = rest.dropFirst(chunk)
        }
        return rows + reader.finish()
    }

    static let samples: [Sample] = [
        Sample(name: "no text", text: "", rows: []),
        Sample(name: "only a byte order mark", text: "\u{FEFF}", rows: []),
        Sample(name: "LF", text: "a,b\n1,2\n", rows: [.row(1, "a", "b"), .row(2, "1", "2")]),
        Sample(name: "CRLF", text: "a,b\r\n1,2\r\n", rows: [.row(1, "a", "b"), .row(2, "1", "2")]),
        Sample(name: "CR", text: "a,b\r1,2\r", rows: [.row(1, "a", "b"), .row(2, "1", "2")]),
        Sample(name: "no last line break", text: "a,b\n1,2", rows: [.row(1, "a", "b"), .row(2, "1", "2")]),
        Sample(name: "byte order mark before a quote", text: "\u{FEFF}\"a\",b\n", rows: [.row(1, "a", "b")]),
        Sample(name: "empty fields", text: ",\n\"\"\n,,", rows: [.row(1, "", ""), .row(2, ""), .row(3, "", "", "")]),
        Sample(name: "empty lines", text: "\n\r\na\n\n\rb\n", rows: [.row(3, "a"), .row(6, "b")]),
        Sample(
            name: "quotes", text: "\"$4,008.70\",\"a \"\"b\"\"\"\n", rows: [.row(1, "$4,008.70", "a \"b\"")]),
        Sample(
            name: "line breaks in quotes", text: "\"a\nb\r\nc\rd\",1\r\n2\n", rows: [.row(1, "a\nb\r\nc\rd", "1"), .row(5, "2")]),
        Sample(name: "characters of several bytes", text: "año,€,😀\n", rows: [.row(1, "año", "€", "😀")]),
        Sample(
            name: "a quote inside a field", text: "a\nb\"c,\"d\n\"\ne\n",
            rows: [.row(1, "a"), .bad(2, .misplacedQuote), .bad(3, .unterminatedQuote), .row(4, "e")]),
        Sample(
            name: "text after a closing quote", text: "\"a\"b,c\nd\n", rows: [.bad(1, .misplacedQuote), .row(2, "d")]),
        Sample(
            name: "a missing closing quote costs one line", text: "\"1,2\r\n\"3\",4\r\n5,6\r\n",
            rows: [.bad(1, .misplacedQuote), .row(2, "3", "4"), .row(3, "5", "6")]),
        Sample(
            name: "a quote open to the end costs one line", text: "1,\"2\n3,4\n5,6",
            rows: [.bad(1, .unterminatedQuote), .row(2, "3", "4"), .row(3, "5", "6")]),
        Sample(
            name: "a line over the limit", text: "123456789\n12345678\n\"1234567\"\n\"123456\"\n",
            rows: [.bad(1, .tooLarge(limit: 8)), .row(2, "12345678"), .bad(3, .tooLarge(limit: 8)), .row(4, "123456")], rowLimit: 8),
        Sample(
            name: "a row over the limit goes on at its second line", text: "\"1\r\n2\r\n3\r\n4\r\n5\"\r\n6\r\n",
            rows: [
                .bad(1, .tooLarge(limit: 8)), .row(2, "2"), .row(3, "3"), .row(4, "4"), .bad(5, .misplacedQuote), .row(6, "6"),
            ], rowLimit: 8),
    ]
}

extension CSVRow {
    fileprivate static func row(_ line: Int, _ fields: String...) -> CSVRow {
        CSVRow(line: line, fields: .success(fields))
    }

    fileprivate static func bad(_ line: Int, _ error: CSVRowError) -> CSVRow {
        CSVRow(line: line, fields: .failure(error))
    }
}
