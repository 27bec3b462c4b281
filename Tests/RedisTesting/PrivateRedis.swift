public import Foundation
public import Hiredis
import NIOCore
import NIOPosix

/// A real redis-server of one test's own: own port, own socket, own directory, ended with the test.
// Safe because the mutable `process` is only touched under `lock`; everything else is constant.
public final class PrivateRedis: @unchecked Sendable {
    public let directory: URL
    public let port: Int
    public var socketPath: String { directory.appendingPathComponent("redis.sock").path }
    private let options: [String]
    private let lock = NSLock()
    private var process: Process?

    /// Starts a server; `options` are redis-server options such as `--appendonly yes`.
    public static func start(_ options: String...) async throws -> PrivateRedis { try await start(options: options) }

    /// The same; another process may take the free port first, and then another port is tried.
    public static func start(options: [String]) async throws -> PrivateRedis {
        for _ in 0..<5 {
            let server = try PrivateRedis(options: options)
            do {
                try await server.start()
                return server
            } catch PrivateRedisError.ended(let log) where log.contains("Address already in use") {
                continue
            }
        }
        throw PrivateRedisError.silent
    }

    /// Makes directory and port for a server that is not started yet.
    public init(options: [String] = []) throws {
        self.options = options
        self.directory = URL(fileURLWithPath: "/tmp").appendingPathComponent("usdcop-test-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        self.port = try FreePort.find()
    }

    deinit { stop() }

    /// Starts the process and returns when it answers.
    ///
    /// - Parameter extra: options of this start only.
    public func start(adding extra: [String] = []) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let server = [
            "redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket", socketPath, "--dir", directory.path,
            "--save", "", "--daemonize", "no", "--repl-diskless-sync-delay", "0", "--logfile", directory.appendingPathComponent("log").path,
        ]
        // The kernel ends the server with the test process, however that ends.
        process.arguments = ["setpriv", "--pdeathsig", "KILL"] + server + options + extra
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        // Parent to the kernel is the thread that made the child, so it has to be one that lives as long as this process.
        try await MultiThreadedEventLoopGroup.singleton.any().submit { try process.run() }.get()
        lock.withLock { self.process = process }
        var configuration = RedisConfiguration(endpoint: .unixSocket(path: socketPath), connectTimeout: .seconds(10))
        configuration.clientName = nil
        if let secret = Self.password(in: options) { configuration.password = secret }
        for _ in 0..<2000 {
            guard process.isRunning else { throw PrivateRedisError.ended(log) }
            if let connection = try? await RedisClient.answers(configuration), connection { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw PrivateRedisError.silent
    }

    /// The process identifier; 0 when it does not run.
    public var pid: Int32 { lock.withLock { process?.isRunning == true ? process?.processIdentifier ?? 0 : 0 } }

    /// Ends it as a crash would.
    public func kill() { end(SIGKILL) }

    /// Lets it hang: sockets stay open, nothing answers.
    public func pause() { signal(SIGSTOP) }

    /// Ends the hang.
    public func resume() { signal(SIGCONT) }

    /// Ends it in order and removes its directory.
    public func stop() {
        signal(SIGCONT)
        end(SIGKILL)
        try? FileManager.default.removeItem(at: directory)
    }

    /// The address by TCP.
    public var url: String { "redis://127.0.0.1:\(port)/0" }

    /// A configuration that talks to it by TCP.
    public var configuration: RedisConfiguration {
        var configuration = RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: port))
        if let secret = Self.password(in: options) { configuration.password = secret }
        return configuration
    }

    /// What the server logged.
    public var log: String { (try? String(contentsOf: directory.appendingPathComponent("log"), encoding: .utf8)) ?? "" }

    private func signal(_ number: Int32) {
        let pid = pid
        if pid > 0 { _ = Foundation.kill(pid, number) }
    }

    private func end(_ number: Int32) {
        let process = lock.withLock { self.process }
        signal(number)
        process?.waitUntilExit()
    }

    private static func password(in options: [String]) -> String? {
        options.firstIndex(of: "--requirepass").map { options[$0 + 1] }
    }
}

public enum PrivateRedisError: Error {
    case ended(String)
    case silent
}

extension RedisClient {
    fileprivate static func answers(_ configuration: RedisConfiguration) async throws -> Bool {
        let client = RedisClient(configuration: configuration)
        return try await client.withDedicatedConnection { connection in
            try await connection.reply(to: RedisCommand("PING")) == .status("PONG")
        }
    }
}
