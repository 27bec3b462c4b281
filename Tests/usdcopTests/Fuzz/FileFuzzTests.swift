import CacheServices
import RedisTesting
import Testing

@testable import usdcop

/// Files that people hand to the program: price histories and streams of JSON objects.
@Suite(.timeLimit(.minutes(30))) struct FileFuzzTests {
    private static let history = "date,close\r\n2025-01-15,\"$4,008.70\"\n15/01/2025,4010\r\"a\"\"b\",\n\"multi\nline\",1\n"

    private func rows(_ pieces: [ArraySlice<UInt8>]) -> [CSVRow] {
        var reader = CSVRowReader(rowLimit: 500)
        return pieces.flatMap { reader.feed($0) } + reader.finish()
    }

    @Test func `rows do not depend on how the file was cut`() {
        var random = SeededGenerator(seed: 2)
        for input in FuzzInputs([Self.history, "\u{feff}a;b\n", "\"", "a,b\r\n\r\nc,d"], words: ["\"\"", "\"", ",", "\r", "\n", "\r\n"]) {
            let whole = rows([input[...]])
            let cut = Int.random(in: 0...input.count, using: &random)
            #expect(rows([input[..<cut], input[cut...]]) == whole, "\(input.fuzzed)")
            #expect(rows(input.indices.map { input[$0...$0] }) == whole, "\(input.fuzzed)")
            #expect(whole.map(\.line) == whole.map(\.line).sorted(), "\(input.fuzzed)")
        }
    }

    @Test func `fields that were written are read as they were`() {
        var texts = Array(
            FuzzInputs(["a", "a,b", "\"", "line\r\nbreak", "", " x "], words: [",", "\"", "\r", "\n"], seed: 3, longest: 40))
        texts = texts.map { Array(String(decoding: $0, as: UTF8.self).utf8) }
        for start in stride(from: 0, to: texts.count - 3, by: 3) {
            let fields = texts[start..<(start + 3)].map { String(decoding: $0, as: UTF8.self) }
            let line = fields.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",") + "\r\n"
            let read = rows([Array(line.utf8)[...]])
            #expect(read.count == 1 && (try? read.first?.fields.get()) == fields, "\(Array(line.utf8).fuzzed)")
        }
    }

    @Test func `dates and prices are values or errors`() {
        let seeds = [
            "2025-01-15", "15/01/2025 10:30", "\"$4,008.70\"", "4.008,70", "-1,234", "(12)", "2025-01-15T10:30:00Z", "1e5", "20250115",
        ]
        for input in FuzzInputs(seeds, words: ["/", "-", ".", ",", "$", "COP", "(", ")", " ", "٣", "24:00"], longest: 64) {
            let text = String(decoding: input, as: UTF8.self)
            _ = try? DateText.instant(text)
            switch try? PriceText(text) {
            case .number(let value, _): #expect(PriceText.range.contains(abs(value)) || value == 0, "\(input.fuzzed)")
            case .ambiguous(let point, let comma): #expect(point.isFinite && comma.isFinite, "\(input.fuzzed)")
            case nil: break
            }
        }
    }

    @Test func `objects do not depend on how the text was cut`() {
        var random = SeededGenerator(seed: 5)
        for input in FuzzInputs(
            ["{\"a\":1}\n{\"b\":[2]}\n", "{\n \"a\": \"}{\"\n}\n", "garbage\n{}\n", "{}{}"], words: ["{", "}", "\n", "\"", "\\\""])
        {
            var whole = JSONObjectSplitter()
            let items = whole.feed(input) + whole.finish()
            let cut = Int.random(in: 0...input.count, using: &random)
            var parts = JSONObjectSplitter()
            let again = parts.feed(Array(input[..<cut])) + parts.feed(Array(input[cut...])) + parts.finish()
            #expect("\(again)" == "\(items)", "\(input.fuzzed)")
        }
    }
}
