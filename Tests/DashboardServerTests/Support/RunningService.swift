import Hiredis
import Logging
import NIOCore
import RedisTesting
import ServiceLifecycle

@testable import DashboardServer

/// The real service on a free port, and the Redis of the test behind it.
struct RunningService: Sendable {
    let service: DashboardService
    let redis: PrivateRedis
    let port: Int
    let log: RecordedLog

    /// Runs a service for the length of `body`.
    ///
    /// - Parameter redis: the test's own; a new one unless given.
    static func with<Value: Sendable>(
        redis given: PrivateRedis? = nil, keeping level: Logger.Level = .trace, _ configure: (inout Settings) -> Void = { _ in },
        _ body: @Sendable (RunningService) async throws -> Value
    ) async throws -> Value {
        let redis: PrivateRedis
        if let given { redis = given } else { redis = try await PrivateRedis.start("--appendonly", "yes") }
        var settings = Settings()
        settings.redis = redis.configuration
        settings.port = 0
        configure(&settings)
        let log = RecordedLog(level: level)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let service = try DashboardService(settings: settings, logger: log.logger) { listening.yield($0.port ?? 0) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { listening.finish() }
                try await service.run(signals: [])
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else {
                try await group.next()
                throw CancellationError()
            }
            do {
                let value = try await body(RunningService(service: service, redis: redis, port: port, log: log))
                group.cancelAll()
                return value
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    /// Sends one request on a connection of its own.
    func request(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws -> HTTPReply {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        let bytes = Array((head + "\r\n").utf8) + (body ?? [])
        return try await RawConnection.open(port: port) { connection in
            try await connection.send(bytes)
            guard let reply = try await connection.reply(isHead: method == "HEAD") else { throw Unanswered(target: target) }
            return reply
        }
    }

    /// Sends a JSON body.
    func send(_ method: String, _ target: String, _ body: String, headers: [(String, String)] = []) async throws -> HTTPReply {
        try await request(method, target, headers: headers + [("Content-Type", "application/json")], body: Array(body.utf8))
    }

    func get(_ target: String, headers: [(String, String)] = []) async throws -> HTTPReply {
        try await request("GET", target, headers: headers)
    }

    /// Everything that Redis holds under our keys but the shared figures, the leases, the rates of clients and the health of services, which the
    /// service writes by itself.
    func fingerprint() async throws -> String {
        let script = """
            local sum = ''
            local keys = redis.call('KEYS', '*')
            table.sort(keys)
            for _, key in ipairs(keys) do
              if key == 'usdcop:events' then
                for _, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do
                  if entry[2][2] ~= 'health' then sum = redis.sha1hex(sum .. entry[1]) end
                end
              elseif key ~= 'usdcop:stats:cache' and key ~= 'usdcop:audit:signer' and not key:find('^usdcop:health:') and not key:find('^usdcop:ratelimit:') then sum = redis.sha1hex(sum .. key .. redis.call('DUMP', key)) end
            end
            return sum
            """
        return try await redis.ask("EVAL", .text(script), "0").text ?? "none"
    }

    struct Unanswered: Error {
        let target: String
    }
}
