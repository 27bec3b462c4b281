import CacheServices
import Foundation
import Hiredis
import RedisTesting
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A demo as a process, with a state directory that is gone after the test.
final class RunningDemo: Sendable {
    static let namespace = "usdcop-demo"

    let running: RunningProgram
    let address: String
    private let state: ScratchDirectory

    /// Starts it, and returns when it listens.
    init(_ program: Program, _ arguments: String..., environment: [String: String] = [:]) async throws {
        let state = try ScratchDirectory()
        let surroundings = ["XDG_STATE_HOME": state.url.path].merging(environment) { $1 }
        running = try program.start(["demo", "--port", "0"] + arguments, environment: surroundings)
        try await running.expect("dashboard    http://127.0.0.1:")
        try await running.expect("Ctrl-C ends it.")
        let line = try #require(running.output.split(separator: "\n").first { $0.contains("dashboard") })
        address = String(try #require(line.split(separator: " ").last).dropLast())
        self.state = state
    }

    /// What is left of its state directory.
    var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: state.url.path)) ?? [] }

    func get(_ path: String) async throws -> JSONValue {
        let (data, _) = try await URLSession.shared.data(from: try #require(URL(string: address + path)))
        return try JSONParser.parse(Array(data))
    }

    func text(_ path: String) async throws -> String {
        let (data, _) = try await URLSession.shared.data(from: try #require(URL(string: address + path)))
        return String(decoding: data, as: UTF8.self)
    }

    /// Asks it to end, and waits.
    func stop(_ signal: Int32 = SIGTERM) async throws -> Program.Run {
        running.signal(signal)
        return try await running.end()
    }
}

extension PrivateRedis {
    /// The names of all keys of a namespace, without it.
    func names(of namespace: String = RunningDemo.namespace) async throws -> Set<String> {
        let reply = try await ask("SCAN", "0", "COUNT", "100000")
        let keys = reply.array?.last?.array?.compactMap(\.text) ?? []
        return Set(keys.filter { $0.hasPrefix(namespace + ":") }.map { String($0.dropFirst(namespace.count + 1)) })
    }
}
