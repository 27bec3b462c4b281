import Hiredis
import RedisTesting
import TestTurns
import Testing

/// Whatever stands on the command line where a name belongs is a name, and never a pattern but where a pattern is asked for.
@Suite("Hostile names on the command line", .takesTurns, .timeLimit(.minutes(3)))
struct HostileNameTests {
    private static let commands: [@Sendable (String) -> [String]] = [
        { ["signal", "history", $0] }, { ["signal", "stats", $0] }, { ["signal", "clear", $0, "--yes"] }, { ["position", "get", $0] },
        { ["position", "delete", $0] }, { ["metrics", "custom", "get", $0] }, { ["metrics", "custom", "set", $0, "1"] },
        { ["metrics", "custom", "delete", $0] }, { ["latency", "record", $0, $0, "1"] }, { ["latency", "stats", $0] },
        { ["latency", "clear", $0, "--yes"] }, { ["performance", "metrics", "--operation", $0] }, { ["health", "check", $0] },
        { ["health", "unregister", $0] }, { ["audit", "trail", "--symbol", $0] }, { ["audit", "trail", "--user", $0] },
        { ["audit", "log", "SYSTEM_EVENT", "--user", $0] }, { ["cache", "get", $0] }, { ["cache", "ttl", $0] },
        { ["cache", "delete", $0] },
        { ["cache", "set", $0, "x"] }, { ["cache", "keys", $0 + "x"] }, { ["signal", "latest", "--namespace", $0] },
    ]

    @Test(arguments: [
        "*", "G*", "[A-Z]*", "../guarded", "{other}:key", "usdcop:audit:events", "a\r\nFLUSHALL\r\n", "Ｇ\u{202e}😀",
        String(repeating: "*", count: 10_240),
    ])
    func `touch nothing but their own key`(name: String) async throws {
        try await Program.withRedis { program, redis async throws in
            let guarded: [RedisArgument] = [
                "other:key", "{other}:key", "usdcop:position:active:G1", "usdcop:metrics:custom:g", "usdcop:guarded",
            ]
            for key in guarded { try await redis.ask("SET", key, "untouched") }
            try await redis.ask("XADD", "usdcop:audit:events", "*", "a", "b")
            for command in Self.commands {
                let run = try await program.start(command(name), input: #"{"event":"x"}"#).end()
                #expect([0, 1, 64, 65, 78].contains(run.status), "\(command(name).map { $0.prefix(60) }) \(run.status) \(run.errors)")
            }
            for key in guarded { #expect(try await redis.ask("GET", key).text == "untouched", "\(key)") }
            #expect(try await redis.ask("XLEN", "usdcop:audit:events").integer ?? 0 >= 1)
            let calls = try await redis.commandCalls()
            #expect(calls["keys"] == nil && calls["flushall"] == nil && calls["flushdb"] == nil)
            let names = try await redis.ask("SCAN", "0", "COUNT", "1000").array?.last?.array?.compactMap(\.text) ?? []
            #expect(names.allSatisfy { $0.hasPrefix("usdcop:") || $0.hasSuffix("other:key") || $0 == "{other}:key" }, "\(names)")
        }
    }
}
