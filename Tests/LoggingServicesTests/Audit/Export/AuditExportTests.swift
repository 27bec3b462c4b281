import CacheServices
import Foundation
import Hiredis
@testable import LoggingServices
import RedisTesting
import Testing

extension Live {
    /// Files of the trail: what is in them, how they are made, and what they say when they are not whole.
    @Suite struct AuditExportTests {}
}

extension Live.AuditExportTests {
    static func file(
        _ trail: Trail, _ format: AuditExportFormat, _ filter: AuditFilter = AuditFilter(), limit: Int? = nil
    ) async throws -> String {
        var bytes: [UInt8] = []
        for try await chunk in try await trail.reader.export(format, filter, limit: limit) { bytes += chunk.bytes }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let header =
        "stream_id,writer,seq,audit_id,timestamp,event_type,user_id,symbol,action,before_state,after_state,metadata,ip_address,prev,hash\r\n"

    @Test(arguments: Trail.Kind.allCases)
    func `an empty trail makes empty files`(kind: Trail.Kind) async throws {
        try await kind.run { trail async throws in
            #expect(try await Self.file(trail, .csv) == Self.header)
            #expect(try await Self.file(trail, .json) == "[]\n")
            #expect(try await Self.file(trail, .ndjson) == "")
        }
    }

    @Test(arguments: Trail.Kind.allCases)
    func `a row of the CSV file`(kind: Trail.Kind) async throws {
        try await kind.run { trail async throws in
            var event = try AuditEvent.positionClosed(.sample(), pnl: -20)
            event.userID = "=Ana"
            event.ipAddress = "127.0.0.1"
            let ids = try await trail.append([event.entry(id: "audit-1", at: .sample), AuditEvent.system("x").entry(id: "2", at: .sample)])
            let records = try await trail.reader.trail().entries.reversed().map(\.record)
            let rows = try await Self.file(trail, .csv).components(separatedBy: "\r\n")
            #expect(rows.count == 4)
            #expect(
                rows[1] == """
                    \(ids[0]),\(records[0].writer),1,"audit-1","2025-01-15T10:30:00.000Z","POSITION_CLOSED","'=Ana","USDCOP",\
                    "Position closed: USDCOP at 4262.5, PnL -20 (0.29 %)",\
                    "{""entry_price"":4250,""position_id"":""pos-1"",""status"":""OPEN""}",\
                    "{""exit_price"":4262.5,""pnl"":-20,""pnl_percent"":0.29,""status"":""CLOSED""}",\
                    "{""exit_price"":4262.5,""pnl"":-20,""pnl_percent"":0.29,""position_id"":""pos-1""}","127.0.0.1",\
                    \(ChainHash.zero),\(records[0].hash)
                    """)
            #expect(
                rows[2] == """
                    \(ids[1]),\(records[1].writer),2,"2","2025-01-15T10:30:00.000Z","SYSTEM_EVENT",,"SYSTEM","x",,,,,\
                    \(records[0].hash),\(records[1].hash)
                    """)
            #expect(rows[3] == "")
        }
    }

    @Test(arguments: Trail.Kind.allCases)
    func `JSON and NDJSON carry the records whole, oldest first`(kind: Trail.Kind) async throws {
        try await kind.run { trail async throws in
            try await trail.append(try (0..<1203).map { try AuditLogEntry.numbered($0) })
            let lines = try await Self.file(trail, .ndjson).split(separator: "\n")
            let records = lines.compactMap { AuditRecord(line: $0.utf8) }
            #expect(records.map(\.sequence) == Array(1...1203))
            #expect(records.allSatisfy { $0.isIntact && $0.streamID != nil })
            let json = try await Self.file(trail, .json)
            let array = try #require(try JSONParser.parse(Array(json.utf8)).elements)
            #expect(array.count == 1203)
            #expect(json.split(separator: "\n").dropFirst().dropLast().map { $0.hasSuffix(",") ? $0.dropLast() : $0 } == lines)
        }
    }

    @Test(arguments: Trail.Kind.allCases)
    func `filters and limits choose, and a limit takes the newest`(kind: Trail.Kind) async throws {
        try await kind.run { trail async throws in
            let entries = try (0..<1203).map { try AuditLogEntry.numbered($0) }
            try await trail.append(entries)
            let filter = AuditFilter(symbol: "USDCOP")
            let expected = entries.filter(filter.allows).map(\.auditID)
            func ids(_ filter: AuditFilter, _ limit: Int?) async throws -> [String] {
                try await Self.file(trail, .ndjson, filter, limit: limit).split(separator: "\n")
                    .map { try AuditLogEntry(stored: try #require(AuditRecord(line: $0.utf8)).entry).auditID }
            }
            #expect(try await ids(filter, nil) == expected)
            #expect(try await ids(filter, 10) == expected.suffix(10))
            #expect(try await ids(filter, 10_000) == expected)
            #expect(try await ids(AuditFilter(), 600) == entries.suffix(600).map(\.auditID))
            #expect(try await ids(AuditFilter(symbol: "NONE"), 10) == [])
            let error = await #expect(throws: AuditError.self) { try await trail.reader.export(.csv, limit: 0) }
            #expect(error?.code == .invalid)
        }
    }

    @Test(arguments: Trail.Kind.allCases)
    func `what cannot be read is in the file as far as it can be, and counted`(kind: Trail.Kind) async throws {
        try await kind.run { trail async throws in
            try await trail.append([try .numbered(1)])
            let foreign = try await trail.stream.append([.init("text", "héllo")])
            try await trail.append(bytes: [Array(#"{"action":"x","audit_id":7}"#.utf8)])
            for format in AuditExportFormat.allCases {
                var text = ""
                var last: AuditExport.Chunk?
                for try await chunk in try await trail.reader.export(format) {
                    text += String(decoding: chunk.bytes, as: UTF8.self)
                    last = chunk
                }
                #expect(last?.exported == 3)
                switch format {
                case .csv:
                    #expect(last?.unreadable == 2)
                    let rows = text.components(separatedBy: "\r\n")
                    #expect(rows[2] == "\(foreign),,,,,,,,,,,,,,")
                    #expect(rows[3].contains(",2,,,,,,,,,,,"))
                default:
                    #expect(last?.unreadable == 1)
                    #expect(text.contains(#"{"stream_id":"\#(foreign)","unreadable_fields_base64":[["text","aMOpbGxv"]]}"#))
                }
            }
            var counted = 0
            for try await chunk in try await trail.reader.export(.json, AuditFilter(start: .earliest)) { counted = chunk.unreadable }
            #expect(counted == 2)
        }
    }

    @Test func `a piece is a page, read only when it is asked for, over a connection of the export's own`() async throws {
        try await Trail.Kind.redis.run { trail async throws in
            let server = try #require(trail.server)
            try await trail.append(try (0..<2300).map { try AuditLogEntry.numbered($0) })
            func clients() async throws -> Int {
                (try await server.ask("CLIENT", "LIST").text ?? "").split(separator: "\n").count { $0.contains("name=usdcop ") }
            }
            #expect(try await clients() == 1)
            var iterator: AuditExport.Iterator? = try await trail.reader.export(.csv).makeAsyncIterator()
            #expect(try await clients() == 1)
            let first = try #require(try await iterator?.next())
            #expect(first.scanned == 500)
            #expect(first.total == 2300)
            #expect(try await clients() == 2)
            #expect(try await server.commandCalls()["xrange"] == 1)
            iterator = nil
            try await eventually { try await clients() == 1 }
        }
    }

    @Test(arguments: Trail.Kind.allCases)
    func `events that come during an export are not in it, and it ends`(kind: Trail.Kind) async throws {
        try await kind.run { trail async throws in
            try await trail.append(try (0..<1100).map { try AuditLogEntry.numbered($0) })
            var next = 1100
            var last: AuditExport.Chunk?
            for try await chunk in try await trail.reader.export(.ndjson) {
                last = chunk
                try await trail.append(try (next..<(next + 700)).map { try AuditLogEntry.numbered($0) })
                next += 700
            }
            #expect(last?.exported == 1100)
            #expect(last?.scanned == 1100)
            #expect(last?.total == 1100)
        }
    }

    @Test(arguments: Trail.Kind.allCases)
    func `trimming behind an export is no matter`(kind: Trail.Kind) async throws {
        try await kind.run(maximumEvents: 2000) { trail async throws in
            try await trail.append(try (0..<2000).map { try AuditLogEntry.numbered($0) })
            var exported = 0
            var next = 2000
            for try await chunk in try await trail.reader.export(.csv) {
                exported = chunk.exported
                // Everything that is behind goes, to the entry.
                let behind = 2000 - chunk.scanned
                if next < 4000 - behind { try await trail.append(try (next..<(4000 - behind)).map { try AuditLogEntry.numbered($0) }) }
                next = max(next, 4000 - behind)
            }
            #expect(exported == 2000)
        }
    }

    @Test(arguments: Trail.Kind.allCases)
    func `trimming what was to come ends it with the number that is missing`(kind: Trail.Kind) async throws {
        try await kind.run(maximumEvents: 2000) { trail async throws in
            try await trail.append(try (0..<2000).map { try AuditLogEntry.numbered($0) })
            var exported = 0
            let error = await #expect(throws: AuditError.self) {
                for try await chunk in try await trail.reader.export(.csv) {
                    exported = chunk.exported
                    // One more than what is behind.
                    if exported == 500 { try await trail.append(try (2000..<2501).map { try AuditLogEntry.numbered($0) }) }
                }
            }
            #expect(error?.code == .incomplete)
            #expect(error?.message.contains(" 1 events ") == true)
            #expect(exported == 500)
        }
    }

    @Test func `a trail that is cleared or lost under an export is no whole file either`() async throws {
        try await Trail.Kind.redis.run { trail async throws in
            let server = try #require(trail.server)
            try await trail.append(try (0..<1200).map { try AuditLogEntry.numbered($0) })
            let error = await #expect(throws: AuditError.self) {
                for try await _ in try await trail.reader.export(.csv) { try await server.ask("DEL", "usdcop:audit:events") }
            }
            #expect(error?.code == .incomplete)
        }
    }

    @Test func `cancelling ends an export`() async throws {
        try await Trail.Kind.redis.run { trail async throws in
            try await trail.append(try (0..<1200).map { try AuditLogEntry.numbered($0) })
            let reader = trail.reader
            let task = Task {
                var chunks = 0
                for try await _ in try await reader.export(.csv) {
                    chunks += 1
                    withUnsafeCurrentTask { $0?.cancel() }
                }
                return chunks
            }
            await #expect(throws: AuditError.self) { try await task.value }
        }
    }
}
