import Foundation
import NIOCore
import NIOPosix
import RedisTesting

/// A real PostgreSQL of one test's own: own port, own directory, ended with the test.
// Safe because the mutable `process` is only touched under `lock`; everything else is constant.
final class PrivatePostgres: @unchecked Sendable {
    static let user = "desk"
    static let password = "s3cret"

    let directory: URL
    let port: Int
    private let lock = NSLock()
    private var process: Process?

    struct Failed: Error { let output: String }

    static func start() async throws -> PrivatePostgres {
        let server = try PrivatePostgres()
        try await server.start()
        return server
    }

    private init() throws {
        directory = URL(fileURLWithPath: "/tmp/usdcop-test-pg-\(UUID().uuidString.prefix(8))")
        port = try FreePort.find()
    }

    deinit { stop() }

    /// Debian keeps the programs of each version in a directory of its own.
    private static var programs: String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.max { (Int($0) ?? 0) < (Int($1) ?? 0) }.map { "\(root)/\($0)/bin/" } ?? ""
    }

    /// It refuses to run as root; then it runs as the user that its package made.
    private static func command(_ arguments: [String]) -> [String] {
        geteuid() == 0
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig", "KILL"] + arguments : arguments
    }

    private func start() async throws {
        let data = directory.appendingPathComponent("data").path
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let secret = directory.appendingPathComponent("secret")
        try Data(Self.password.utf8).write(to: secret)
        if geteuid() == 0 { try await Self.run(["chown", "-R", "postgres", directory.path]) }
        try await Self.run(
            Self.command([
                Self.programs + "initdb", "-D", data, "-U", Self.user, "-A", "scram-sha-256", "--pwfile", secret.path, "-N", "--no-locale",
            ]))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = Self.command([
            Self.programs + "postgres", "-D", data, "-p", "\(port)", "-h", "127.0.0.1", "-k", directory.path, "-F",
        ])
        process.currentDirectoryURL = directory
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try await MultiThreadedEventLoopGroup.singleton.any().submit { try process.run() }.get()
        lock.withLock { self.process = process }
        let socket = directory.appendingPathComponent(".s.PGSQL.\(port)").path
        try await eventually(within: .seconds(30)) { FileManager.default.fileExists(atPath: socket) && process.isRunning }
    }

    func url(user: String = user, password: String = password, database: String = "postgres") -> String {
        "postgresql://\(user):\(password)@127.0.0.1:\(port)/\(database)"
    }

    /// Lets all its processes hang.
    func pause() { signal(SIGSTOP) }
    func resume() { signal(SIGCONT) }

    func stop() {
        signal(SIGCONT)
        let process = lock.withLock { self.process }
        // The immediate end, which takes the children along.
        if let process, process.isRunning { kill(process.processIdentifier, SIGQUIT) }
        process?.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }

    private func signal(_ number: Int32) {
        let pid = lock.withLock { process?.isRunning == true ? process?.processIdentifier ?? 0 : 0 }
        if pid > 0 { kill(pid, number) }
    }

    private static func run(_ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: "/tmp")
        let pipe = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = pipe
        let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in continuation.finish() }
        try await MultiThreadedEventLoopGroup.singleton.any().submit { try process.run() }.get()
        for await _ in ended {}
        guard process.terminationStatus == 0 else {
            throw Failed(output: String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
        }
    }
}
