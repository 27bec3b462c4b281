public import Foundation
public import Hiredis
import NIOCore
import NIOPosix
import Testing

/// A real redis-server of one test's own: own port, own socket, own directory, ended with the test.
// Safe because the mutable `process` is only touched under `lock`; everything else is constant.
public final class PrivateRedis: @unchecked Sendable {
    public let directory: URL
    public let port: Int
    public var socketPath: String { directory.appendingPathComponent("redis.sock").path }
    /// Who may log in.
    public let users: RedisUsers
    private let options: [String]
    private let lock = NSLock()
    private var process: Process?
    private var refusalsAreMeant = false
    private var crashed = false

    /// Starts a server; `options` are redis-server options such as `--appendonly yes`.
    ///
    /// Its users are those of the Compose file, and ``configuration`` and ``url`` are the service's; a server with a password of its own
    /// (`--requirepass`) has the default user alone.
    public static func start(_ options: String..., namespaces: [String] = RedisUsers.namespaces) async throws -> PrivateRedis {
        try await start(options: options, users: .deployed(namespaces: namespaces))
    }

    /// A server whose default user may do everything: for tests of the client itself, which know nothing of the service's keys.
    public static func startOpen(_ options: String...) async throws -> PrivateRedis { try await start(options: options, users: .open) }

    /// Starts one; another process may take the free port first, and then another port is tried.
    public static func start(options: [String], users: RedisUsers = .deployed()) async throws -> PrivateRedis {
        for _ in 0..<5 {
            let server = try PrivateRedis(options: options, users: users)
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
    public init(options: [String] = [], users: RedisUsers = .deployed()) throws {
        self.users = Self.password(in: options) == nil ? users : .open
        self.directory = URL(fileURLWithPath: "/tmp").appendingPathComponent("usdcop-test-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        self.port = try FreePort.find()
        guard let rules = try self.users.file() else {
            self.options = options
            return
        }
        let file = directory.appendingPathComponent("users.acl")
        try Data(rules.utf8).write(to: file)
        self.options = options + ["--aclfile", file.path]
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
        lock.withLock { (self.process, crashed) = (process, false) }
        var configuration = unrestricted
        configuration.endpoint = .unixSocket(path: socketPath)
        configuration.connectTimeout = .seconds(10)
        configuration.clientName = nil
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
    public func kill() {
        reportRefusals()
        end(SIGKILL)
    }

    /// The same, from where nobody can wait until it has ended, and without asking what it refused.
    public func crash() {
        lock.withLock { crashed = true }
        signal(SIGKILL)
    }

    /// Lets it hang: sockets stay open, nothing answers.
    public func pause() { signal(SIGSTOP) }

    /// Ends the hang.
    public func resume() { signal(SIGCONT) }

    /// Ends it and removes its directory.
    public func stop() {
        signal(SIGCONT)
        reportRefusals()
        end(SIGKILL)
        try? FileManager.default.removeItem(at: directory)
    }

    /// The address by TCP, for the service.
    public var url: String { url(as: .service) }

    /// A configuration that talks to it by TCP, as the service does.
    public var configuration: RedisConfiguration { configuration(as: .service) }

    /// One that may do everything: what a test does to the server, and attacks on the trail.
    public var unrestricted: RedisConfiguration { configuration(as: .test) }

    /// The address by TCP for one of the users; without a user where the server has none.
    public func url(as user: RedisUsers.User) -> String {
        users == .open ? "redis://127.0.0.1:\(port)/0" : "redis://\(user.rawValue):\(user.password)@127.0.0.1:\(port)/0"
    }

    /// A configuration for one of the users; for the default user where the server has no other.
    public func configuration(as user: RedisUsers.User) -> RedisConfiguration {
        var configuration = RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: port))
        if users == .open {
            configuration.password = Self.password(in: options)
        } else {
            configuration.user = user.rawValue
            configuration.password = user.password
        }
        return configuration
    }

    /// Says that this test has Redis refuse something, so that ``stop()`` does not call it a failure.
    public func expectRefusals() { lock.withLock { refusalsAreMeant = true } }

    /// One sentence for everything that its ACL refused; nil when it does not answer.
    public func refusals() -> [String]? { RefusalLog(socketPath: socketPath).read() }

    /// What no test means to happen: the users of the Compose file were refused something that a service needed.
    private func reportRefusals() {
        guard users != .open, pid > 0, !lock.withLock({ refusalsAreMeant || crashed }) else { return }
        guard let refusals = refusals() else {
            Issue.record("What Redis refused cannot be read.")
            return
        }
        for refusal in refusals { Issue.record("Redis refused: \(refusal)") }
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
