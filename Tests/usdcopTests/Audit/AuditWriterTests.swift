import CacheServices
import Foundation
import Hiredis
import LoggingServices
import RedisTesting
import TestTurns
import Testing

@Suite("usdcop audit log under load", .takesTurns, .timeLimit(.minutes(30)))
struct AuditWriterTests {
    private static let isSoak = ProcessInfo.processInfo.environment["USDCOP_SOAK"] == "1"

    /// Everything in the trail, oldest first, as the program exports it.
    private static func trail(_ program: Program) async throws -> [AuditRecord] {
        let run = try await program.run("audit", "export", "--format", "ndjson")
        try #require(run.status == 0, "\(run.errors)")
        return try run.lines.map { try #require(AuditRecord(line: Array($0.utf8))) }
    }

    /// The receipts of whole lines: a killed process may have begun another.
    private static func receipts(_ output: String) throws -> [JSONValue] {
        let whole = output.lastIndex(of: "\n").map { output[...$0] } ?? ""
        return try whole.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
    }

    @Test func `without Redis a journal takes the events, and the next process delivers them`() async throws {
        try await Program.withRedis { program, redis async throws in
            let scratch = try ScratchDirectory()
            let state = ["USDCOP_STATE_DIR": scratch.url.path]
            redis.kill()
            let away = try await program.run(
                "audit", "log", "SYSTEM_EVENT", "--journal", "--json", input: AuditCommandTests.events(0..<100), environment: state)
            #expect(away.status == 0, "\(away.errors)")
            let receipts = try Self.receipts(away.output)
            #expect(receipts.count == 100)
            #expect(receipts.allSatisfy { $0["durability"] == "spooled" && $0["stream_id"] == .null })
            try await redis.start()
            #expect(try await program.run("audit", "log", "SYSTEM_EVENT", "--journal", environment: state).status == 0)
            let ids = try await Self.trail(program).map { try $0.decodedEntry().auditID }
            #expect(ids == receipts.compactMap { $0["audit_id"]?.text })
            #expect(try await program.run("audit", "verify", environment: state).status == 0)
        }
    }

    @Test func `a killed writer loses nothing that it answered`() async throws {
        try await Program.withRedis { program, redis async throws in
            let scratch = try ScratchDirectory()
            let state = ["USDCOP_STATE_DIR": scratch.url.path, "USDCOP_AUDIT_MAX_EVENTS": "1000000"]
            var answered: Set<String> = []
            for round in 0..<(Self.isSoak ? 50 : 5) {
                let input = AuditCommandTests.events(0..<20_000, "round \(round)")
                let writer = try program.start(
                    ["audit", "log", "SYSTEM_EVENT", "--journal", "--json"], input: input, environment: state)
                let goal = Int.random(in: 1...600)
                try await eventually { try Self.receipts(writer.output).count >= goal }
                if round % 2 == 1 {
                    redis.pause()
                    try await eventually { writer.output.contains("spooled") }
                }
                writer.signal(SIGKILL)
                let run = try await writer.end()
                #expect(run.status == -SIGKILL)
                redis.resume()
                let ids = Set(try Self.receipts(run.output).compactMap { $0["audit_id"]?.text })
                #expect(ids.count >= goal)
                answered.formUnion(ids)
                let stored = try await Set(Self.trail(program).map { try $0.decodedEntry().auditID })
                let lost = answered.subtracting(stored).subtracting(try Self.journaled(scratch.url))
                #expect(lost.isEmpty, "round \(round): \(lost.count) of \(answered.count)")
                let next = try await program.run("audit", "log", "SYSTEM_EVENT", "--journal", environment: state)
                #expect(next.status == 0, "\(next.errors)")
            }
            let ids = try await Self.trail(program).map { try $0.decodedEntry().auditID }
            #expect(Set(ids).count == ids.count, "doubled")
            #expect(answered.isSubset(of: ids))
            let verdict = try await program.run("audit", "verify", environment: state)
            #expect(verdict.status == 0, "\(verdict.output)")
        }
    }

    private static func journaled(_ state: URL) throws -> Set<String> {
        let directory = state.appendingPathComponent("audit/usdcop/journal")
        let files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
        var ids: Set<String> = []
        for file in files where file.pathExtension == "ndjson" {
            for line in try Data(contentsOf: file).split(separator: 0x0a) {
                if let record = AuditRecord(line: line) { ids.insert(try record.decodedEntry().auditID) }
            }
        }
        return ids
    }

    @Test(arguments: [nil, isSoak ? 10_000 : 1000] as [Int?])
    func `eight processes at once lose and double nothing, and the cap holds exactly`(cap: Int?) async throws {
        try await Program.withRedis { program, redis async throws in
            let (processes, count) = (8, Self.isSoak ? 6250 : 250)
            let environment = ["USDCOP_AUDIT_MAX_EVENTS": "\(cap ?? processes * count)"]
            let writers = try (0..<processes).map { number in
                try program.start(
                    ["audit", "log", "SYSTEM_EVENT", "--json"], input: AuditCommandTests.events(0..<count, "writer \(number):"),
                    environment: environment)
            }
            let watching = Task { () -> Int64 in
                var longest: Int64 = 0
                // The question that the end of the watching cuts short has no answer.
                while let length = try? await redis.ask("XLEN", "usdcop:audit:events").integer { longest = max(longest, length) }
                return longest
            }
            var acknowledged: [String] = []
            for writer in writers {
                let run = try await writer.end()
                #expect(run.status == 0, "\(run.errors)")
                let receipts = try Self.receipts(run.output)
                #expect(receipts.count == count)
                #expect(receipts.compactMap { $0["sequence"]?.double } == (1...count).map(Double.init))
                acknowledged += receipts.compactMap { $0["audit_id"]?.text }
            }
            watching.cancel()
            let longest = await watching.value
            #expect(longest > 0 && longest <= Int64(cap ?? processes * count))
            #expect(Set(acknowledged).count == processes * count)
            let trail = try await Self.trail(program)
            #expect(trail.count == cap ?? processes * count)
            let entries = try trail.map { ($0, try $0.decodedEntry()) }
            #expect(Set(entries.map(\.1.auditID)).isSubset(of: acknowledged))
            if cap == nil { #expect(Set(entries.map(\.1.auditID)) == Set(acknowledged)) }
            var last: [WriterID: Int] = [:]
            for (record, entry) in entries {
                #expect(entry.action.hasSuffix(": \(record.sequence - 1)"))
                if let before = last[record.writer] { #expect(record.sequence == before + 1) }
                last[record.writer] = record.sequence
            }
            #expect(try await program.run("audit", "verify", environment: environment).status == 0)
        }
    }
}
