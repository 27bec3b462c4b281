import CacheServices
import Foundation
import RedisTesting
import Testing

/// The built program as a process, and the Redis that it is told to use.
struct Program: Sendable {
    /// How a run ended.
    struct Run: Sendable {
        let status: Int32
        let output: String
        let errors: String

        /// The answer of `--json`.
        var json: JSONValue {
            get throws { try JSONParser.parse(Array(output.utf8)) }
        }

        var lines: [Substring] { output.split(separator: "\n") }
    }

    let url: String

    /// Beside the test bundle lies what was built with it.
    static var executable: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent(
            "usdcop")
    }

    /// What a program that was built for a sanitizer has to be told, wherever a test gives it an environment of its own.
    static let sanitizing = ProcessInfo.processInfo.environment.filter { ["LD_PRELOAD", "TSAN_OPTIONS", "ASAN_OPTIONS"].contains($0.key) }

    /// A program that talks to a private redis-server of its own; one that breaks no promise.
    static func withRedis(_ body: (Program, PrivateRedis) async throws -> Void) async throws {
        let redis = try await PrivateRedis.start("--appendonly", "yes", namespaces: ["usdcop", "usdcop-demo", "mine", "{desk}"])
        defer { redis.stop() }
        try await body(Program(url: redis.url), redis)
    }

    /// The same with a redis-server on which everything is allowed, as a demo has it: the service's user may not clean up after itself.
    static func withOpenRedis(_ body: (Program, PrivateRedis) async throws -> Void) async throws {
        let redis = try await PrivateRedis.startOpen("--appendonly", "yes")
        defer { redis.stop() }
        try await body(Program(url: redis.url), redis)
    }

    /// Runs to the end.
    @discardableResult
    func run(_ arguments: String..., input: String? = nil, environment: [String: String] = [:]) async throws -> Run {
        let process = try start(arguments, input: input, environment: environment)
        return try await process.end()
    }

    /// The seed's services are not there in a test, and are not looked for.
    private static let noServices = Dictionary(
        uniqueKeysWithValues: ["POSTGRES_URL", "TRADING_API_URL", "ML_ANALYTICS_URL", "PIPELINE_API_URL", "WS_URL"].map { ($0, "") })

    private func surroundings(_ more: [String: String] = [:]) -> [String: String] {
        ["REDIS_URL": url, "PATH": "/usr/bin:/bin"].merging(Self.noServices) { $1 }.merging(more) { $1 }
    }

    /// Starts it with errors that the test reads, or not.
    func start(_ arguments: [String], errors: Pipe) throws -> RunningProgram {
        try RunningProgram(arguments, input: nil, errors: errors, environment: surroundings())
    }

    /// Starts it with an input that the test writes as it goes.
    func start(_ arguments: [String], from pipe: Pipe, environment: [String: String] = [:]) throws -> RunningProgram {
        try RunningProgram(arguments, input: nil, from: pipe, environment: surroundings(environment))
    }

    func start(_ arguments: [String], input: String? = nil, environment: [String: String] = [:]) throws -> RunningProgram {
        try RunningProgram(arguments, input: input, environment: surroundings(environment))
    }
}

/// A program that was started, with its output in files, so that no pipe ever fills.
final class RunningProgram: Sendable {
    let directory: URL
    private let process: Process
    private let ended: AsyncStream<Void>

    init(_ arguments: [String], input: String?, from pipe: Pipe? = nil, errors: Pipe? = nil, environment: [String: String]) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-run-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for name in ["in", "out", "err"] {
            try Data((name == "in" ? input ?? "" : "").utf8).write(to: directory.appendingPathComponent(name))
        }
        process = Process()
        process.executableURL = Program.executable
        process.arguments = arguments
        process.environment = environment.merging(Program.sanitizing) { given, _ in given }
        // Closed here, because Foundation's process is never let go and keeps them: after some hundred runs it reads past the list of the
        // descriptors that are open.
        let source = try FileHandle(forReadingFrom: directory.appendingPathComponent("in"))
        let sink = try FileHandle(forWritingTo: directory.appendingPathComponent("out"))
        let errorSink = try FileHandle(forWritingTo: directory.appendingPathComponent("err"))
        defer { for file in [source, sink, errorSink] { try? file.close() } }
        process.standardInput = pipe as Any? ?? source
        process.standardOutput = sink
        process.standardError = errors as Any? ?? errorSink
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        ended = stream
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
    }

    /// A test that failed half-way leaves nothing running.
    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: directory)
    }

    var output: String { text("out") }
    var errors: String { text("err") }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits until a text stands in the errors or the output.
    func expect(_ text: String) async throws {
        for _ in 0..<2000 where process.isRunning {
            if errors.contains(text) || output.contains(text) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        try #require(errors.contains(text) || output.contains(text), "\(errors)")
    }

    func end() async throws -> Program.Run {
        for await _ in ended {}
        return Program.Run(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus, output: output,
            errors: errors)
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOf: directory.appendingPathComponent(name), encoding: .utf8)) ?? ""
    }
}

/// A directory that is gone after the test.
struct ScratchDirectory: ~Copyable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-files-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file and gives its path.
    func file(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let path = url.appendingPathComponent(name).path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }
}
