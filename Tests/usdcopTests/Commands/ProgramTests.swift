import CacheServices
import Foundation
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite("The program", .takesTurns, .timeLimit(.minutes(2)))
struct ProgramTests {
    private static let nowhere = Program(url: "redis://127.0.0.1:1/0")

    @Test(arguments: [
        "", "serve", "signal", "signal publish", "signal latest", "signal history", "signal stats", "signal range", "signal symbols",
        "signal watch", "signal clear", "position", "position list", "position get", "position set", "position delete",
        "position aggregate", "metrics", "metrics show", "metrics set", "metrics update", "metrics clear", "metrics freshness",
        "metrics custom", "metrics custom list", "metrics custom get", "metrics custom set", "metrics custom delete", "cache",
        "cache stats", "cache keys", "cache get", "cache set", "cache ttl", "cache delete", "cache clear", "replay", "doctor", "config",
        "audit",
        "audit trail",
        "audit stats", "audit export", "audit verify", "audit tail", "audit log", "audit clear", "health",
        "health status", "health check", "health history", "health register", "health unregister", "health export",
    ])
    func `every command has help with examples`(command: String) async throws {
        let run = try await Self.nowhere.start(command.split(separator: " ").map(String.init) + ["--help"]).end()
        #expect(run.status == 0)
        #expect(run.output.contains("USAGE: usdcop") && run.output.contains("Examples:"))
    }

    @Test func `the list of variables is there for people, machines and guides, whole or in part`() async throws {
        let all = try await Self.nowhere.run("config", "--json").json.elements ?? []
        #expect(all.compactMap { $0["name"]?.text } == ConfigurationTable.all.map(\.name))
        #expect(try await Self.nowhere.run("config", "--markdown").output == ConfigurationTable.markdown())
        let one = try await Self.nowhere.run("config", "USDCOP_PORT")
        #expect(one.output.hasPrefix("USDCOP_PORT, --port (default 8090)\n"))
        let unknown = try await Self.nowhere.start(["config", "USDCOP_PROT"]).end()
        #expect(unknown.status == 64 && unknown.errors.contains("USDCOP_PORT"))
    }

    @Test func `the help of serve lists every variable and flag`() async throws {
        let help = try await Self.nowhere.run("serve", "--help").output
        for variable in ConfigurationTable.all {
            #expect(help.contains(variable.name))
            if let flag = variable.flag { #expect(help.contains("--\(flag) ")) }
        }
    }

    @Test(arguments: [
        ["nonsense"], ["signal", "history"], ["signal", "history", "usdcop"], ["signal", "history", "USDCOP", "--limit", "0"],
        ["signal", "history", "USDCOP", "--limit", "x"],
        ["signal", "range", "USDCOP", "--start", "yesterday", "--end", "2025-01-01T00:00:00Z"],
        ["signal", "range", "USDCOP", "--start", "2025-01-02T00:00:00Z", "--end", "2025-01-01T00:00:00Z"], ["signal", "clear"],
        ["signal", "clear", "USDCOP", "--all"], ["signal", "watch", "--count", "0"], ["position", "get", "A B"], ["replay"],
        ["audit", "trail", "--limit", "0"], ["audit", "trail", "--limit", "1001"], ["audit", "trail", "--cursor", "x y"],
        ["audit", "trail", "--event-type", "NONSENSE"],
        ["audit", "trail", "--start", "2025-01-02T00:00:00Z", "--end", "2025-01-01T00:00:00Z"],
        ["audit", "export", "--format", "xml"], ["audit", "export", "--json"], ["audit", "export", "--limit", "0"],
        ["audit", "verify", "--filtered"], ["audit", "tail", "-n", "1001"], ["audit", "log"], ["audit", "log", "NONSENSE"],
        ["audit", "log", "SYSTEM_EVENT", "--metadata", "[]"], ["audit", "log", "SYSTEM_EVENT", "--user", ""],
        ["audit", "log", "SYSTEM_EVENT", "--idempotency-key", "a b"], ["audit", "clear"], ["audit", "clear", "--reason", ""],
        ["replay", "x.csv", "--speed", "0"], ["replay", "x.csv", "--speed", "nan"], ["doctor", "--bogus"],
    ])
    func `wrong usage is 64`(arguments: [String]) async throws {
        let run = try await Self.nowhere.start(arguments).end()
        #expect(run.status == 64)
        #expect(run.output.isEmpty && !run.errors.isEmpty)
    }

    @Test(arguments: [
        ["signal", "latest"], ["signal", "publish", "-"], ["signal", "watch"], ["position", "list"], ["metrics", "show"],
        ["cache", "keys"],
        ["doctor"], ["signal", "publish", "-", "--audit"], ["audit", "trail"], ["audit", "stats"], ["audit", "export"],
        ["audit", "export", "--out", "/tmp/usdcop-never.csv"], ["audit", "verify"], ["audit", "tail"], ["audit", "log", "SYSTEM_EVENT"],
        ["audit", "clear", "--reason", "x", "--state-dir", "/tmp/usdcop-never"],
    ])
    func `without Redis it is 69, soon and never from memory`(arguments: [String]) async throws {
        let started = ContinuousClock.now
        let run = try await Self.nowhere.start(arguments, input: Samples.signal()).end()
        #expect(run.status == 69)
        #expect(run.errors.contains("redis://127.0.0.1:1/0"))
        #expect(ContinuousClock.now - started < .seconds(10))
    }

    @Test(arguments: [
        ["signal", "publish", "/nonexistent"], ["signal", "publish", "/tmp"], ["position", "set", "/nonexistent"],
        ["metrics", "set", "/tmp"], ["audit", "verify", "/nonexistent"], ["audit", "verify", "--anchor", "/nonexistent"],
    ])
    func `a file that cannot be read is 74`(arguments: [String]) async throws {
        #expect(try await Self.nowhere.start(arguments).end().status == 74)
    }

    @Test(arguments: ["serve", "doctor"])
    func `bad settings are 78 and name the variable, never a secret`(command: String) async throws {
        let run = try await Self.nowhere.run(command, environment: ["REDIS_URL": "redis://u:hunter2@h:0", "LOG_LEVEL": "loud"])
        #expect(run.status == 78)
        #expect(run.errors.contains("REDIS_URL") && run.errors.contains("LOG_LEVEL"))
        #expect(!run.errors.contains("hunter2"))
    }

    @Test func `an unknown variable is warned of`() async throws {
        let run = try await Self.nowhere.run("serve", environment: ["USDCOP_PROT": "1", "USDCOP_PORT": "x"])
        #expect(run.status == 78)
        let client = try await Self.nowhere.run("signal", "latest", environment: ["USDCOP_PROT": "1"])
        #expect(client.errors.contains("USDCOP_PORT"))
    }

    @Test func `wrong credentials are 77, and keep the service from starting with 78`() async throws {
        let redis = try await PrivateRedis.start("--requirepass", "right")
        defer { redis.stop() }
        let program = Program(url: "redis://:hunter2@127.0.0.1:\(redis.port)")
        let run = try await program.run("signal", "latest")
        #expect(run.status == 77)
        #expect(!run.errors.contains("hunter2"))
        #expect(try await program.run("serve", "--port", "0").status == 78)
        let scratch = try ScratchDirectory()
        let file = try scratch.file("pw", "right\n")
        let good = Program(url: "redis://127.0.0.1:\(redis.port)")
        #expect(try await good.run("cache", "keys", "--redis-password-file", file).status == 0)
    }

    @Test func `a damaged value is bad data and is left as it is`() async throws {
        try await Program.withRedis { program, redis async throws in
            try await redis.ask("SET", "usdcop:signal:latest", "rubbish")
            let run = try await program.run("signal", "latest")
            #expect(run.status == 65)
            #expect(run.errors.contains("signal:latest"))
            #expect(try await redis.ask("GET", "usdcop:signal:latest").text == "rubbish")
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `serve says where it listens, answers, and drains on a signal`(number: Int32) async throws {
        try await Program.withRedis { program, _ async throws in
            try await program.run("signal", "publish", "-", input: Samples.signal())
            let serve = try program.start(["serve", "--port", "0", "--log-level", "error"])
            try await serve.expect("listens on http://127.0.0.1:")
            let address = try #require(serve.output.split(separator: " ").last?.split(separator: "\n").first)
            let (answer, _) = try await URLSession.shared.data(from: try #require(URL(string: address + "/api/cache/signals")))
            #expect(try JSONParser.parse(Array(answer))["signal"]?["signal_id"] == "s1")
            serve.signal(number)
            #expect(try await serve.end().status == 0)
        }
    }

    @Test func `a reader that goes away is no fault`() async throws {
        try await Program.withRedis { program, _ async throws in
            let text = (0..<100).map { Samples.signal("n\($0)") }.joined(separator: "\n")
            try await program.run("signal", "publish", "-", input: text)
            let shell = Process()
            shell.executableURL = URL(fileURLWithPath: "/bin/bash")
            shell.arguments = ["-c", "set -o pipefail; '\(Program.executable.path)' signal history USDCOP --limit 100 | true"]
            shell.environment = Program.sanitizing.merging(["REDIS_URL": program.url, "PATH": "/usr/bin:/bin"]) { $1 }
            let ended = AsyncStream.makeStream(of: Void.self)
            shell.terminationHandler = { _ in ended.continuation.finish() }
            try shell.run()
            for await _ in ended.stream {}
            #expect(shell.terminationStatus == 0)
        }
    }

    @Test(arguments: [([:], true), (["NO_COLOR": "1"], false), (["TERM": "dumb"], false)] as [([String: String], Bool)])
    func `a terminal gets colours unless it says no`(environment: [String: String], isColoured: Bool) async throws {
        try await Program.withRedis { program, _ async throws in
            try await program.run("signal", "publish", "-", input: Samples.signal())
            let text = try await Terminal.output(
                of: ["signal", "history", "USDCOP"],
                environment: ["REDIS_URL": program.url, "TERM": "xterm"].merging(environment) { $1 })
            #expect(text.contains("BUY"))
            #expect(text.contains("\u{1B}[32m") == isColoured)
        }
    }
}
