import ArgumentParser
import CacheServices
import DashboardServer
import Foundation

/// The keys of the namespace as they are.
struct CacheCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Look at and change the keys of the namespace.",
        discussion: """
            Keys are written without the namespace. Reserved families (audit, latency, health, index, …) are neither listed nor touched.

            Examples:
              usdcop cache stats
              usdcop cache keys 'signal:*'
              usdcop cache set desk:note "closed on Monday" --ttl 1d
            """,
        subcommands: [
            CacheStatsCommand.self, CacheKeysCommand.self, CacheGetCommand.self, CacheSetCommand.self, CacheTTLCommand.self,
            CacheDeleteCommand.self, CacheClearCommand.self,
        ])
}

/// Hits, misses and size.
struct CacheStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show hits, misses, size and memory of the cache.",
        discussion: "The figures are of all processes together.\n\nExamples:\n  usdcop cache stats --json")

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let stats = try await connection.withSession { try await $0.cache.getStats() }
        try output.show(stats.jsonValue) { style in
            Table(properties: [
                ("keys", Table.Cell(NumberText.integer(stats.size))), ("hits", Table.Cell(NumberText.integer(stats.hits))),
                ("misses", Table.Cell(NumberText.integer(stats.misses))), ("hit rate", Table.Cell(NumberText.percent(stats.hitRate))),
                ("memory", Table.Cell(stats.memoryUsageMB.map { NumberText.plain(($0 * 1000).rounded() / 1000) + " MiB" } ?? "–")),
            ]).text(style)
        }
    }
}

/// Names of keys.
struct CacheKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "List keys that match a pattern, one on each line.",
        discussion: """
            The pattern is a glob of Redis: * ? [a-c] and \\ before a literal.

            Examples:
              usdcop cache keys 'signal:history:*'
            """)

    @Argument(help: "The pattern, without the namespace.")
    var pattern = "*"

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let pattern = pattern
        let keys = try await connection.withSession { try await $0.cache.keys(pattern) }
        try output.show(["count": .integer(keys.count), "keys": .array(keys.map(JSONValue.string))]) { _ in
            keys.map { Table.Cell.shown($0) + "\n" }.joined()
        }
    }
}

/// One value.
struct CacheGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show the text under a key.",
        discussion: "Exits with 1 when there is none.\n\nExamples:\n  usdcop cache get signal:latest | jq .price")

    @Argument(help: "The key, without the namespace.")
    var key: String

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let key = key
        let bytes = try await connection.withSession { try await $0.cache.get(key) }
        let text = bytes.map { String(decoding: $0, as: UTF8.self) }
        let json: JSONValue = ["key": .string(key), "value": text.map(JSONValue.string) ?? .null]
        try output.show(json, isThere: bytes != nil, orSay: "there is no such key") { _ in
            // A terminal must not be driven by what is stored; a pipe gets it as it is.
            (Console.isTerminal(STDOUT_FILENO) ? Table.Cell.shown(text ?? "") : text ?? "") + "\n"
        }
    }
}

/// Stores a value.
struct CacheSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Store a text under a key.",
        discussion: "Examples:\n  usdcop cache set desk:note \"closed on Monday\" --ttl 1d\n  usdcop cache set desk:mode live --ttl never")

    @Argument(help: "The key, without the namespace.")
    var key: String

    @Argument(help: "The text.")
    var value: String

    @Option(
        help: ArgumentHelp("How long it lives: a duration, or never. USDCOP_CACHE_TTL unless given.", valueName: "duration"),
        transform: Arguments.expiry)
    var ttl: Expiry?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let (key, bytes, ttl) = (key, Array(value.utf8), ttl)
        try await connection.withSession { session in
            try await session.cache.set(key, bytes, expiry: ttl ?? .after(session.settings.cacheLifetime))
        }
        try output.show(["key": .string(key), "stored": true]) { _ in "stored \(Table.Cell.shown(key))\n" }
    }
}

/// What is left of a key's life.
struct CacheTTLCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ttl", abstract: "Show how long a key still lives.",
        discussion: "Exits with 1 when there is no such key.\n\nExamples:\n  usdcop cache ttl signal:latest")

    @Argument(help: "The key, without the namespace.")
    var key: String

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let key = key
        let left = try await connection.withSession { try await $0.cache.ttl(key) }
        let (state, milliseconds, text): (String, Double?, String) =
            switch left {
            case .missing: ("missing", nil, "")
            case .never: ("never", nil, "never expires")
            case .remaining(let time): ("expires", (time / .milliseconds(1)).rounded(), NumberText.duration(time))
            }
        let json: JSONValue = ["key": .string(key), "state": .string(state), "remaining_ms": .finite(milliseconds)]
        try output.show(json, isThere: left != .missing, orSay: "there is no such key") { _ in text + "\n" }
    }
}

/// Removes a key.
struct CacheDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove a key.",
        discussion: "Exits with 1 when there is no such key.\n\nExamples:\n  usdcop cache delete desk:note")

    @Argument(help: "The key, without the namespace.")
    var key: String

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let key = key
        let wasThere = try await connection.withSession { try await $0.cache.delete(key) }
        try output.show(["deleted": .bool(wasThere)], isThere: wasThere, orSay: "there is no such key") { _ in
            "removed \(Table.Cell.shown(key))\n"
        }
    }
}
