import CacheServices
import Foundation
import RedisTesting
import TestTurns
import Testing

@testable import LoggingServices

/// Exports and journals, which are verified without Redis.
@Suite(.takesTurns) struct ExportVerificationTests {
    /// Three writers by turns, as the stream would hold them.
    private static func records(_ count: Int = 60) -> [AuditRecord] {
        var chains: [WriterID: AuditRecord] = [:]
        return (0..<count).compactMap { place in
            guard let writer = WriterID("writer-\(place % 3)") else { return nil }
            let last = chains[writer]
            let sequence = (last?.sequence ?? 0) + 1
            let event = AuditEvent.system(
                "entry \(place) – “quoted” \\ and ü, line\u{7f}",
                metadata: [
                    "rate": 4008.7, "tiny": 1e-07, "big": 9_007_199_254_740_993, "list": [1, true], "text": "a,\"entry\":{\"b\":1}",
                ])
            var record = AuditRecord(
                writer: writer, sequence: sequence, previous: last?.hash ?? .zero,
                entry: event.entry(id: "\(place)", at: Timestamp(milliseconds: 1_736_937_000_000)).json)
            record.streamID = StreamID(milliseconds: 1_736_937_000_000, sequence: UInt64(place))
            chains[writer] = record
            return record
        }
    }

    private func verdict(
        _ contents: [UInt8], key: AuditSigningKey? = nil, anchor: CheckpointAnchor? = nil, isFiltered: Bool = false
    ) async throws -> AuditVerdict {
        try await ExportFile.with(contents) { try await AuditVerifier(key: key, anchor: anchor).verify(file: $0, isFiltered: isFiltered) }
    }

    private func reformat(_ contents: [UInt8], _ command: [String]) throws -> [UInt8] {
        try ExportFile.with(contents) { file in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = command + [file.path]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
            return Array(said)
        }
    }

    @Test func `exports are sound in either format and either direction`() async throws {
        let records = Self.records()
        for contents in [
            ExportFile.ndjson(records), ExportFile.ndjson(records.reversed()), ExportFile.json(records),
            ExportFile.json(records.reversed()),
            ExportFile.ndjson(records.dropFirst(20)), Array(ExportFile.ndjson(records).dropLast()),
        ] {
            let verdict = try await verdict(contents)
            #expect(verdict.breaks == [])
            #expect(verdict.entries >= 40)
            #expect(verdict.writers == 3)
        }
        #expect(try await verdict([]).isSound)
        #expect(try await verdict(Array("[]\n".utf8)).isSound)
    }

    @Test func `other programs may format a file anew`() async throws {
        let records = Self.records()
        let array = ExportFile.json(records)
        let lines = ExportFile.ndjson(records)
        for (contents, command) in [
            (array, ["python3", "-m", "json.tool"]), (array, ["python3", "-m", "json.tool", "--sort-keys"]),
            (array, ["python3", "-m", "json.tool", "--no-ensure-ascii", "--indent", "1"]),
            (array, ["python3", "-m", "json.tool", "--no-indent"]),
            (lines, ["python3", "-m", "json.tool", "--json-lines"]),
            (lines, ["python3", "-m", "json.tool", "--json-lines", "--no-indent"]),
            (lines, ["python3", "-m", "json.tool", "--json-lines", "--sort-keys", "--compact"]),
        ] {
            let verdict = try await verdict(try reformat(contents, command))
            #expect(verdict.breaks == [], "\(command)")
            #expect(verdict.entries == 60, "\(command)")
        }
    }

    @Test func `each damage is named with its line`() async throws {
        let records = Self.records()
        func without(_ index: Int) -> [AuditRecord] { records.enumerated().filter { $0.offset != index }.map(\.element) }
        func text(_ change: (String) -> String) -> [UInt8] {
            Array(change(String(decoding: ExportFile.ndjson(records), as: UTF8.self)).utf8)
        }
        var swapped = records
        swapped.swapAt(20, 40)
        var twice = records
        twice.insert(records[30], at: 31)
        var relinked = records
        relinked[21] = AuditRecord(
            writer: records[21].writer, sequence: records[21].sequence, previous: records[21].previous, hash: records[21].hash,
            entry: [0x7b, 0x7d],
            streamID: records[21].streamID)
        let cases: [([UInt8], AuditBreak.Kind, Int)] = [
            (text { $0.replacing("entry 12 ", with: "entry 13 ", maxReplacements: 1) }, .edited, 13),
            (ExportFile.ndjson(relinked), .edited, 22),
            (ExportFile.ndjson(without(30)), .missing, 33),
            (ExportFile.ndjson(swapped), .reordered, 21),
            (ExportFile.ndjson(twice), .inserted, 32),
            (text { $0.replacing(#""seq":5,"#, with: #""seq":five,"#, maxReplacements: 1) }, .unreadable, 13),
        ]
        for (contents, kind, line) in cases {
            let verdict = try await verdict(contents)
            #expect(verdict.breaks.contains { $0.kind == kind && $0.place.line == line }, "\(kind) \(verdict.breaks)")
        }
    }

    @Test func `a selection proves single entries only`() async throws {
        let selected = Self.records().enumerated().filter { $0.offset % 5 != 0 }.map(\.element)
        #expect(try await verdict(ExportFile.ndjson(selected)).breaks.contains { $0.kind == .missing })
        #expect(try await verdict(ExportFile.ndjson(selected), isFiltered: true).isSound)
        let damaged = Array(String(decoding: ExportFile.ndjson(selected), as: UTF8.self).replacing("entry 12 ", with: "entry 13 ").utf8)
        #expect(try await verdict(damaged, isFiltered: true).breaks.map(\.kind) == [.edited])
    }

    @Test func `a line that says two things is no record`() async throws {
        let record = try #require(Self.records(1).first)
        let line = String(decoding: record.line, as: UTF8.self)
        for other in [
            line.replacing("\"entry\":", with: "\"entry_base64\":\"e30=\",\"entry\":", maxReplacements: 1),
            line.replacing("\"seq\":1", with: "\"seq\":2,\"seq\":1", maxReplacements: 1),
            line.replacing("{\"stream_id\"", with: "{\"entry\":{},\"stream_id\"", maxReplacements: 1),
        ] {
            #expect(AuditRecord(line: other.utf8) == nil, "\(other)")
        }
        #expect(AuditRecord(line: line.utf8) == record)
    }

    @Test func `garbage takes no memory and is counted`() async throws {
        var random = SeededGenerator(seed: 9)
        let garbage = (0..<1500).map { _ in
            ["{\"a\":", "[[[[", "{\"journal", "\u{0}\u{1}", "}}}"].randomElement(using: &random) ?? ""
        }.joined(separator: "x\n")
        let nested = String(repeating: "{\"a\":", count: 200_000)
        let long = String(repeating: "z", count: 5 << 20)
        let found = try await verdict(Array("{}\n\(garbage)\n\(nested)\n\(long)\n".utf8))
        #expect(!found.isSound)
        #expect(found.breaks.count == AuditVerdict.maximumBreaks)
        #expect(found.unlistedBreaks == 503)
    }

    @Test func `CSV is refused`() async throws {
        let error = await #expect(throws: AuditError.self) {
            try await verdict(Array("audit_id,timestamp,event_type\n1,2025-01-15T10:30:00.000Z,SYSTEM_EVENT\n".utf8))
        }
        #expect(error?.code == .invalid)
        let missing = await #expect(throws: AuditError.self) {
            try await AuditVerifier().verify(file: URL(fileURLWithPath: "/nonexistent"))
        }
        #expect(missing?.code == .file)
    }

    @Test func `a journal has control lines and may end within a line`() async throws {
        let records = Self.records().filter { $0.writer.rawValue == "writer-1" }.map { record in
            AuditRecord(
                writer: record.writer, sequence: record.sequence, previous: record.previous, hash: record.hash, entry: record.entry)
        }
        let control = Array("{\"journal\":1,\"writer\":\"writer-1\"}\n".utf8)
        let whole = control + ExportFile.ndjson(records.dropLast()) + control
        #expect(try await verdict(whole).isSound)
        let torn = whole + (records.last?.line.prefix(100) ?? [])
        let verdict = try await verdict(torn)
        #expect(verdict.isSound)
        #expect(verdict.entries == records.count - 1)
        #expect(verdict.notes.contains { $0.contains("incomplete") })
        let cut = control + ExportFile.ndjson(records.dropFirst(3).prefix(4)) + ExportFile.ndjson(records.suffix(3))
        #expect(try await self.verdict(cut).breaks.map(\.kind) == [.missing])
    }

    @Test func `days of one writer are verified together`() async throws {
        let records = Self.records()
        try await ExportFile.with(ExportFile.ndjson(records.prefix(25))) { first in
            try await ExportFile.with(ExportFile.ndjson(records.dropFirst(25))) { second in
                let verdict = try await AuditVerifier().verify(files: [first, second])
                #expect(verdict.breaks == [])
                #expect(verdict.entries == 60)
            }
        }
    }

    @Test func `an anchor vouches for what it covers`() async throws {
        let key = try TestTrail.key()
        let records = Self.records()
        let from = try #require(records[9].streamID)
        var draft = CheckpointDraft(from: from, settings: TestTrail.settings("usdcop", cap: 100, key: key))
        for record in records.dropFirst(10).prefix(40) {
            draft.add(StreamEntry(id: try #require(record.streamID), fields: record.fields))
        }
        var base = CheckpointContinuation(newest: [], own: nil, prover: CheckpointProver(namespace: "usdcop", key: key))
        (base.number, base.from) = (4, from)
        let info = StreamInfo(length: 50, firstID: records[0].streamID, lastID: try #require(records[49].streamID), entriesAdded: 50)
        let checkpoint = Checkpoint(draft.statement(continuing: base, info: info, server: nil, at: .now), key: key)
        let anchor = CheckpointAnchor(checkpoint)
        let sound = try await verdict(ExportFile.ndjson(records), key: key, anchor: anchor)
        #expect(sound.breaks.map(\.kind) == [])
        #expect(sound.signedThrough == records[49].streamID)
        #expect(sound.notYetSigned == 10)
        // A chain that was written anew has right links, and the anchor knows better.
        var forged = records
        var previous = ChainHash?.none
        for index in forged.indices where forged[index].writer == records[15].writer && index >= 15 {
            var record = AuditRecord(
                writer: forged[index].writer, sequence: forged[index].sequence, previous: previous ?? forged[index].previous,
                entry: index == 15 ? AuditEvent.system("forged").entry(id: "15", at: .now).json : forged[index].entry)
            record.streamID = forged[index].streamID
            previous = record.hash
            forged[index] = record
        }
        #expect(try await verdict(ExportFile.ndjson(forged), key: key).isSound)
        let found = try await verdict(ExportFile.ndjson(forged), key: key, anchor: anchor).breaks
        #expect(found.map(\.kind) == [.rebuilt])
        #expect(found.first?.place.streamID == records[15].streamID)
        let early = try await verdict(ExportFile.ndjson(records.prefix(30)), key: key, anchor: anchor)
        #expect(early.breaks == [])
        #expect(early.notes.contains { $0.contains("20 events") })
    }
}
