import CacheServices
import Foundation
@testable import LoggingServices
import Testing
import RedisTesting

extension Live {
    /// Another program reads the CSV file: Python's csv module.
    @Suite struct CSVRoundTripTests {}
}

extension Live.CSVRoundTripTests {
    @Test func `ten thousand nasty events come back field by field`() async throws {
        var random = SeededGenerator(seed: 20_250_115)
        let entries = (0..<10_000).map { Nasty.entry($0, &random) }
        try await Trail.Kind.memory.run { trail async throws in
            let ids = try await trail.append(entries)
            let stored = try await trail.stream.entries(after: .zero, limit: 20_000).compactMap(AuditRecord.init)
            try #require(stored.count == ids.count)
            var file = Data()
            for try await chunk in try await trail.reader.export(.csv) { file.append(contentsOf: chunk.bytes) }
            let read = try Self.python(file)
            let columns = try #require(read["header"]?.elements).compactMap(\.text)
            #expect(columns.count == 15)
            let rows = try #require(read["rows"]?.elements)
            #expect(rows.count == entries.count)
            for (number, (row, entry)) in zip(rows, entries).enumerated() {
                let cells = (row.elements ?? []).compactMap(\.text)
                try #require(cells.count == columns.count)
                let found = Dictionary(zip(columns, cells)) { $1 }
                let column = Self.differs(found, entry, stored[number])
                guard column == nil else {
                    Issue.record("\(entry.auditID): \(column ?? "")")
                    return
                }
            }
        }
    }

    /// The name of the first column that is not what the entry says.
    private static func differs(_ row: [String: String], _ entry: AuditLogEntry, _ record: AuditRecord) -> String? {
        func text(_ value: JSONValue?) -> String { value.map { String(decoding: JSONWriter.bytes($0), as: UTF8.self) } ?? "" }
        let expected = [
            "audit_id": entry.auditID, "timestamp": entry.timestamp.iso8601, "event_type": entry.eventType.rawValue,
            "user_id": entry.userID ?? "", "symbol": entry.symbol.rawValue, "action": entry.action, "ip_address": entry.ipAddress ?? "",
            "before_state": text(entry.beforeState), "after_state": text(entry.afterState), "metadata": text(entry.metadata),
            "stream_id": record.streamID.map { "\($0)" } ?? "", "writer": record.writer.rawValue, "seq": "\(record.sequence)",
            "prev": "\(record.previous)", "hash": "\(record.hash)",
        ]
        return expected.first { Array((row[$0.key] ?? "?").utf8) != Array($0.value.utf8) }?.key
    }

    private static func python(_ input: Data) throws -> JSONValue {
        let script = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../Interop/read_audit_csv.py").standardized.path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [ProcessInfo.processInfo.environment["USDCOP_TEST_PYTHON"] ?? "python3", script]
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-csv-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let (file, answer) = (directory.appendingPathComponent("in"), directory.appendingPathComponent("out"))
        try input.write(to: file)
        try Data().write(to: answer)
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardOutput = try FileHandle(forWritingTo: answer)
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(said)")
        return try JSONParser.parse(Array(try Data(contentsOf: answer)))
    }
}

/// Random texts that break CSV files and spreadsheets.
private enum Nasty {
    private static let pieces = [
        "\"", "\"\"", ",", ";", "\r", "\n", "\r\n", "\t", "=", "+", "-", "@", "'", "''", " ", "  ", "\u{0}", "\u{1}", "\u{1f}", "\u{7f}",
        "\u{85}",
        "\u{a0}", "\u{feff}", "\u{200b}", "\u{202e}", "\u{2028}", "\u{2029}", "😀", "👩‍👩‍👧‍👦", "é", "e\u{301}", "שלום", "漢字", "＝", "＋", "－", "＠",
        ";=1", "; \t-1", ";\"=1", "\\",
        "\\n", "\\\"", "/",
        "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\",\"y\")", "-2+3", "@SUM(1)", "abc", "0", "1e9", "NULL", "{", "}", "[", "|", "%",
        "\u{10ffff}",
    ]

    static func text(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 1...6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    private static func value(_ depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 2 ? 4 : 6), using: &random) {
        case 0: .null
        case 1: .finite(Double.random(in: -1e9...1e9, using: &random))
        case 2, 3: .string(text(&random))
        case 4: .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth + 1, &random) })
        default: object(depth, &random)
        }
    }

    private static func object(_ depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        var names: Set<[UInt8]> = []
        let members = (0..<Int.random(in: 0...4, using: &random)).compactMap { _ -> JSONValue.Member? in
            let name = text(&random)
            return names.insert(Array(name.utf8)).inserted ? .init(name, value(depth + 1, &random)) : nil
        }
        return .object(members)
    }

    static func entry(_ number: Int, _ random: inout SeededGenerator) -> AuditLogEntry {
        AuditLogEntry(
            auditID: "audit-\(number)", timestamp: .sample + .milliseconds(number),
            eventType: AuditEventType.allCases.randomElement(using: &random) ?? .systemEvent,
            userID: Bool.random(using: &random) ? text(&random) : nil, symbol: "USDCOP", action: text(&random),
            beforeState: Bool.random(using: &random) ? value(0, &random) : nil,
            afterState: Bool.random(using: &random) ? value(0, &random) : nil,
            metadata: Bool.random(using: &random) ? object(0, &random) : nil, ipAddress: Bool.random(using: &random) ? text(&random) : nil)
    }
}
