import CacheServices
import Foundation
import NIOCore
import NIOPosix
import RedisTesting

/// A real Prometheus of one test's own: own port, own directory, ended with the test.
// Safe because everything is constant after the start; the process is only asked and ended.
final class PrivatePrometheus: @unchecked Sendable {
    let directory: URL
    let port: Int
    private let process = Process()

    /// Starts a server that scrapes a service five times a second with a bearer token, and knows the project's alerts.
    init(scraping service: Int, token: String) async throws {
        directory = URL(fileURLWithPath: "/tmp").appendingPathComponent("usdcop-test-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        port = try FreePort.find()
        try Data(token.utf8).write(to: directory.appendingPathComponent("metrics-key"))
        // The file of the Compose setup, with what differs here replaced.
        var configuration = try String(contentsOf: projectFile("scripts/docker/prometheus/prometheus.yml"), encoding: .utf8)
        for (given, own) in [
            ("/run/secrets/metrics-key", directory.appendingPathComponent("metrics-key").path), ("usdcop:8090", "127.0.0.1:\(service)"),
            ("localhost:9090", "127.0.0.1:\(port)"), ("15s", "200ms"),
            ("/etc/prometheus/usdcop.rules.yml", projectFile("scripts/docker/prometheus/usdcop.rules.yml").path),
        ] { configuration = configuration.replacingOccurrences(of: given, with: own) }
        let file = directory.appendingPathComponent("prometheus.yml")
        try Data(configuration.utf8).write(to: file)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "setpriv", "--pdeathsig", "KILL", "prometheus", "--config.file=\(file.path)",
            "--storage.tsdb.path=\(directory.appendingPathComponent("data").path)", "--web.listen-address=127.0.0.1:\(port)",
        ]
        try Data().write(to: directory.appendingPathComponent("log"))
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: directory.appendingPathComponent("log"))
        // Parent to the kernel is the thread that made the child, so it has to be one that lives as long as this process.
        try await MultiThreadedEventLoopGroup.singleton.any().submit { try self.process.run() }.get()
        do {
            try await eventually(within: .seconds(30)) { (try? await get("/-/ready"))?.status == 200 }
        } catch {
            throw NotReady(log: log)
        }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: directory)
    }

    struct NotReady: Error { let log: String }

    var log: String { (try? String(contentsOf: directory.appendingPathComponent("log"), encoding: .utf8)) ?? "" }

    /// Asks its API.
    func get(_ target: String) async throws -> HTTPReply? {
        try await RawConnection.open(port: port) { connection in
            try await connection.send("GET \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return try await connection.reply()
        }
    }

    /// What a query finds: `data.result`; an error for one that it does not take.
    func query(_ expression: String) async throws -> [JSONValue] {
        let encoded = expression.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let reply = try await get("/api/v1/query?query=\(encoded)")
        guard let result = reply?.json["data"]?["result"]?.elements else {
            throw Refused(expression: expression, answer: reply?.text ?? "")
        }
        return result
    }

    /// The value of the one series that a query finds.
    func value(_ expression: String) async throws -> Double? {
        try await query(expression).first?["value"]?.elements?.last?.text.flatMap { Double($0) }
    }

    struct Refused: Error {
        let expression: String
        let answer: String
    }
}
