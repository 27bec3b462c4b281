import CacheServices
import Foundation
import Hiredis
import LoggingServices
import RedisTesting
import TestTurns
import Testing

/// What the program does with the trail when Redis dies, the reader goes away, or somebody presses Ctrl-C.
@Suite("usdcop audit under faults", .takesTurns, .timeLimit(.minutes(30)))
struct AuditFaultTests {
    private static let isSoak = ProcessInfo.processInfo.environment["USDCOP_SOAK"] == "1"

    private static func trail(_ program: Program) async throws -> [AuditLogEntry] {
        let run = try await program.run("audit", "export", "--format", "ndjson")
        try #require(run.status == 0, "\(run.errors)")
        return try run.lines.map { try #require(AuditRecord(line: Array($0.utf8))).decodedEntry() }
    }

    private static func receipts(_ output: String) throws -> [JSONValue] {
        let whole = output.lastIndex(of: "\n").map { output[...$0] } ?? ""
        return try whole.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
    }

    /// Redis 7.0 leaves a transaction open in its append-only file that a kill cut off in the middle of a command; a new file has no such end.
    private static func renewFile(of redis: PrivateRedis) async throws {
        try await redis.ask("BGREWRITEAOF")
        try await eventually { try await redis.ask("INFO", "persistence").text?.contains("aof_rewrite_in_progress:0") == true }
    }

    @Test(arguments: [isSoak ? (8, 6250, 20) : (4, 400, 2)])
    func `Redis is killed under many processes: nothing acknowledged is lost or there twice`(
        processes: Int, count: Int, kills: Int
    ) async throws {
        let redis = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always")
        defer { redis.stop() }
        let program = Program(url: redis.url)
        let scratch = try ScratchDirectory()
        let environment = ["USDCOP_STATE_DIR": scratch.url.path, "USDCOP_AUDIT_MAX_EVENTS": "1000000"]
        let writers = try (0..<processes).map { number in
            try program.start(
                ["audit", "log", "SYSTEM_EVENT", "--journal", "--json"],
                input: AuditCommandTests.events(0..<count, "writer \(number):"), environment: environment)
        }
        func answered() throws -> Int { try writers.map { try Self.receipts($0.output).count }.reduce(0, +) }
        for kill in 0..<kills {
            // Spread over the whole of the work.
            let goal = (kill + 1) * processes * count / (kills + 2)
            try await eventually(within: .seconds(60)) { try answered() >= goal }
            redis.kill()
            try await redis.start()
            try await Self.renewFile(of: redis)
        }
        var acknowledged: [String] = []
        for writer in writers {
            let run = try await writer.end()
            #expect(run.status == 0, "\(run.errors)")
            acknowledged += try Self.receipts(run.output).compactMap { $0["audit_id"]?.text }
        }
        // What a writer could not deliver before its end, the next one delivers.
        _ = try await program.run("audit", "log", "SYSTEM_EVENT", "--journal", environment: environment)
        let entries = try await Self.trail(program)
        let ids = entries.map(\.auditID)
        #expect(acknowledged.count == processes * count)
        #expect(Set(ids).count == ids.count, "nothing twice")
        #expect(Set(acknowledged).isSubset(of: ids), "nothing lost")
        var last: [Substring: Int] = [:]
        for parts in entries.map({ $0.action.split(separator: ":") }) where parts.count == 2 {
            let number = try #require(Int(parts[1].dropFirst()))
            #expect(number > last[parts[0], default: -1])
            last[parts[0]] = number
        }
        let verdict = try await program.run("audit", "verify", environment: environment)
        #expect(verdict.status == 0, "\(verdict.output)")
    }

    @Test(arguments: ["aof-everysec", "none"])
    func `where Redis may lose events the answers said so, the loss is counted, and verify reports it`(durability: String) async throws {
        let redis = try await PrivateRedis.start(options: durability == "none" ? [] : ["--appendonly", "yes"])
        defer { redis.stop() }
        let program = Program(url: redis.url)
        let scratch = try ScratchDirectory()
        let environment = ["USDCOP_STATE_DIR": scratch.url.path]
        // A writer that stays: its input is a pipe that the test feeds.
        let pipe = Pipe()
        let writer = try program.start(
            ["audit", "log", "SYSTEM_EVENT", "--journal", "--json"], from: pipe, environment: environment)
        try pipe.fileHandleForWriting.write(contentsOf: Data(AuditCommandTests.events(0..<200, "before").utf8))
        try await eventually { try Self.receipts(writer.output).count == 200 }
        #expect(try Self.receipts(writer.output).allSatisfy { $0["durability"]?.text == durability })
        redis.kill()
        if durability == "aof-everysec" { try Self.loseEnd(of: redis) }
        try await redis.start()
        let left = try await redis.ask("XLEN", "usdcop:audit:events").integer ?? 0
        #expect(left < 200)
        try pipe.fileHandleForWriting.write(contentsOf: Data(AuditCommandTests.events(0..<50, "after").utf8))
        try pipe.fileHandleForWriting.close()
        #expect(try await writer.end().status == 0)
        let entries = try await Self.trail(program)
        let loss = try #require(entries.first { $0.metadata?["event"] == "redis_lost_data" }?.metadata)
        #expect(loss["lost"]?.double == Double(200 - left))
        #expect(entries.suffix(50).map(\.action) == (0..<50).map { "after \($0)" })
        let verdict = try await program.run("audit", "verify", "--json", environment: environment)
        #expect(verdict.status == 1)
        let kinds = try Set((verdict.json["breaks"]?.elements ?? []).compactMap { $0["kind"]?.text })
        #expect(kinds == ["redis_lost_data"], "\(verdict.output)")
    }

    /// What a power cut does to what was written and not synced.
    private static func loseEnd(of redis: PrivateRedis) throws {
        let folder = redis.directory.appendingPathComponent("appendonlydir")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let file = folder.appendingPathComponent(try #require(names.first { $0.hasSuffix(".incr.aof") }))
        let handle = try FileHandle(forWritingTo: file)
        let size = try handle.seekToEnd()
        try handle.truncate(atOffset: size - size / 5)
        try handle.close()
    }

    @Test func `an export that is interrupted ends with 130 and leaves no file`() async throws {
        try await Program.withRedis { program, redis async throws in
            let scratch = try ScratchDirectory()
            try await program.run("audit", "log", "SYSTEM_EVENT", input: AuditCommandTests.events(0..<9000))
            func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) }
            let export = try program.start(
                [
                    "audit", "export", "--format", "csv", "--out", scratch.url.appendingPathComponent("trail.csv").path,
                    "--redis-command-timeout", "30s",
                ])
            try await eventually { try !files().isEmpty }
            redis.pause()
            try #require(try files().first?.hasPrefix(".trail.csv.") == true, "it was quicker than this test")
            export.signal(SIGINT)
            let run = try await export.end()
            redis.resume()
            #expect(run.status == 130)
            #expect(run.errors.contains("no file was made"))
            #expect(try files().isEmpty)
        }
    }

    @Test func `events are recorded to the last although nobody reads the receipts any more`() async throws {
        try await Program.withRedis { program, redis async throws in
            let scratch = try ScratchDirectory()
            let input = try scratch.file("events.ndjson", AuditCommandTests.events(0..<2000))
            let shell = Process()
            shell.executableURL = URL(fileURLWithPath: "/bin/bash")
            shell.arguments = [
                "-c", "set -o pipefail; \"$0\" audit log SYSTEM_EVENT \"$1\" | head -n 1 >/dev/null", Program.executable.path, input,
            ]
            shell.environment = Program.sanitizing.merging(["REDIS_URL": program.url, "PATH": "/usr/bin:/bin"]) { $1 }
            let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
            shell.terminationHandler = { _ in continuation.finish() }
            try shell.run()
            for await _ in ended {}
            #expect(shell.terminationStatus == 0)
            #expect(try await redis.ask("XLEN", "usdcop:audit:events") == .integer(2000))
        }
    }

    @Test(arguments: [["audit", "log", "SYSTEM_EVENT"], ["signal", "publish", "--audit", "-"]])
    func `a command without the settings of the service never shrinks its trail`(command: [String]) async throws {
        try await Program.withRedis { program, redis async throws in
            try await program.run("audit", "log", "SYSTEM_EVENT", input: AuditCommandTests.events(0..<30))
            let input = command[0] == "audit" ? AuditCommandTests.events(0..<1) : Samples.signal()
            let small = try await program.start(command, input: input, environment: ["USDCOP_AUDIT_MAX_EVENTS": "10"]).end()
            #expect(small.status == 78)
            #expect(small.errors.contains("USDCOP_AUDIT_MAX_EVENTS"))
            #expect(try await redis.ask("XLEN", "usdcop:audit:events") == .integer(30))
            let flag = try await program.start(command + ["--audit-max-events", "100"], input: input).end()
            #expect(flag.status == 0, "\(flag.errors)")
        }
    }
}
