import CacheServices
import Foundation
import RedisTesting
import Testing

@testable import LoggingServices

/// What stands in the trail, in journals, exports and cursors is read as a value or not at all.
@Suite(.timeLimit(.minutes(30))) struct StoredTrailFuzzTests {
    private static let hash = String(repeating: "ab", count: 32)
    private static let entry =
        #"{"action":"Signal BUY","after_state":{"price":4250.5},"audit_id":"audit-1","event_type":"SIGNAL_GENERATED","ip_address":"127.0.0.1","#
        + #""metadata":{"note":"=1+1;\t-2"},"symbol":"USDCOP","timestamp":"2025-01-15T10:30:00.000Z","user_id":"ana"}"#
    private static let words = [
        #""seq":"#, #""entry":{"#, #""entry_base64":"AAAA""#, #","entry":{}"#, "SYSTEM_EVENT", hash, #""journal":"promised""#,
        "1736937000000-0", "desk",
    ]

    private static func record() throws -> AuditRecord {
        let writer = try #require(WriterID("desk"))
        var record = AuditRecord(writer: writer, sequence: 7, previous: .zero, entry: Array(entry.utf8))
        record.streamID = StreamID(milliseconds: 1_736_937_000_000, sequence: 0)
        return record
    }

    @Test func `a line of a record is read as it is written`() throws {
        let seeds = [
            try Self.record().line, Array(#"{"journal":"promised","seq":3}"#.utf8),
            Array(#"{"journal":"continues","seq":1,"writer":"d"}"#.utf8),
        ]
        for input in FuzzInputs(seeds, words: Self.words) {
            _ = JournalLine(input)
            guard let record = AuditRecord(line: input) else { continue }
            let again = AuditRecord(line: record.line)
            #expect(again == record, "\(input.fuzzed)")
            #expect(!record.line.contains(0x0a), "\(input.fuzzed)")
        }
    }

    @Test func `entries and what they say of clearings, losses and checkpoints`() throws {
        let clearing = #"{"metadata":{"event":"audit_trail_cleared","after":"1-0","count":3,"reason":"x"}}"#
        let statement = #"{"count":3,"from":"0-0","heads":[{"hash":"\#(Self.hash)","seq":1,"writer":"d"}],"number":1,"to":"1-0"}"#
        for input in FuzzInputs([Self.entry, clearing, statement], words: Self.words) {
            _ = (ClearRecord(entry: input), LossRecord(entry: input), Checkpoint(body: input, signature: nil))
            guard let entry = try? AuditLogEntry(stored: input) else { continue }
            let again = try AuditLogEntry(stored: entry.json)
            #expect(again.json == entry.json, "\(input.fuzzed)")
        }
    }

    @Test func `cursors, heads, hashes and requests have one text each`() {
        let seeds = [
            AuditCursor(StreamID(milliseconds: 1_736_937_000_000, sequence: 7)).text, "7 1-0 \(Self.hash)", Self.hash, "writer-1",
            "\(Self.hash) audit-1 1-0 desk 7",
        ]
        for input in FuzzInputs(seeds, words: Self.words + ["MTox"]) {
            let text = String(decoding: input, as: UTF8.self)
            if let cursor = AuditCursor(text) { #expect(cursor.text == text, "\(input.fuzzed)") }
            if let hash = ChainHash(text) { #expect("\(hash)" == text.lowercased(), "\(input.fuzzed)") }
            if let head = WriterHead(text) { #expect(head.sequence >= 1, "\(input.fuzzed)") }
            if let request = RememberedRequest(text) { #expect(request.sequence >= 1, "\(input.fuzzed)") }
        }
    }

    /// RFC 4180 read by the few lines below gives every field back, without its guards.
    @Test func `a row of CSV gives back what went in, and no field begins a formula`() throws {
        let values = ["plain", "=1+1", "a;=b", "\t-1", "quote\"d", "line\r\n+1", "'quoted'", " ＝1", "\u{a0}@x", "a;\n=b"]
        for input in FuzzInputs(values, words: ["=", "+", "-", "@", "'", ";", "\t", "\r", "\"", "\u{a0}", "＝"], longest: 400) {
            for isSpaced in [false, true] {
                let text = String(decoding: input, as: UTF8.self)
                let action = isSpaced ? text + " " : text
                let entry = try AuditEvent(.systemEvent, symbol: "SYSTEM", action: action).entry(id: "a", at: .sample)
                var writer = CSVRowWriter()
                var bytes: [UInt8] = []
                let record = AuditRecord(writer: try #require(WriterID("d")), sequence: 1, previous: .zero, entry: entry.json)
                #expect(writer.append(StreamID(milliseconds: 1, sequence: 1), record, to: &bytes), "\(input.fuzzed)")
                let fields = Self.fields(bytes)
                #expect(fields.count == 15, "\(input.fuzzed)")
                #expect(fields.contains { Self.unguarded($0) == Array(action.utf8) }, "\(input.fuzzed)")
                for field in fields { #expect(!Self.beginsFormula(field), "\(input.fuzzed)") }
            }
        }
    }

    /// What a spreadsheet takes for a formula, written anew: behind spaces and quotes, at the beginning and behind what may divide fields.
    private static func beginsFormula(_ field: [UInt8]) -> Bool {
        String(decoding: field, as: UTF8.self).split(omittingEmptySubsequences: false) { [";", "\t", "\n", "\r", "\r\n"].contains($0) }
            .contains { part in
                guard let first = part.unicodeScalars.first(where: { $0 != " " && $0 != "\"" }) else { return false }
                return "=+-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".unicodeScalars.contains(first) && Double(part) == nil
            }
    }

    private static func fields(_ row: [UInt8]) -> [[UInt8]] {
        var fields: [[UInt8]] = [[]]
        var (isQuoted, place) = (false, 0)
        let end = row.count - 2
        while place < end {
            let byte = row[place]
            switch (byte, isQuoted) {
            case (UInt8(ascii: "\""), true) where place + 1 < end && row[place + 1] == UInt8(ascii: "\""):
                fields[fields.count - 1].append(byte)
                place += 1
            case (UInt8(ascii: "\""), _): isQuoted.toggle()
            case (UInt8(ascii: ","), false): fields.append([])
            default: fields[fields.count - 1].append(byte)
            }
            place += 1
        }
        return fields
    }

    /// Drops one `'` at the beginning and one behind each separator.
    private static func unguarded(_ field: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var mayBeGuard = true
        for byte in field {
            if mayBeGuard, byte == UInt8(ascii: "'") {
                mayBeGuard = false
                continue
            }
            text.append(byte)
            mayBeGuard = FormulaGuard.isSeparator(byte)
        }
        return text
    }

    @Test func `a file that claims to be an export gets a verdict or an error`() async throws {
        let record = try Self.record()
        let seeds = [ExportFile.ndjson([record, record]), ExportFile.json([record]), Array("[]".utf8), Array("writer,seq\n".utf8)]
        for input in FuzzInputs(seeds, words: Self.words, share: 0.1) {
            try await ExportFile.with(input) { file in
                guard let verdict = try? await AuditVerifier().verify(file: file) else { return }
                // No more than is there, and each of the seeds' two records at most as often as its parts were put together.
                #expect((0...input.count).contains(verdict.entries))
            }
        }
    }
}
