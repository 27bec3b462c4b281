import CacheServices
import DashboardServer
import Foundation
import Hiredis
import Logging
import NIOCore

/// The service with two more routes behind the same middleware: one answers a constant, one only decodes the body of a publish.
enum ReferenceService {
    /// What stands between the network and the routes.
    enum Guards: String {
        /// What a service without keys has.
        case usual = "serve"
        /// Everything: every request is counted, if a key is asked for.
        case all = "serve-guarded"
        /// Nothing, on a channel of Hummingbird's own.
        case none = "serve-bare"
    }

    static func run(_ guards: Guards, redisURL: String, logger: Logger) async throws {
        var settings = Settings()
        settings.redis = try RedisConfiguration(url: redisURL)
        settings.port = ProcessInfo.processInfo.environment["USDCOP_PORT"].flatMap { Int($0) } ?? 8090
        switch guards {
        case .usual: break
        case .all:
            // Counted, and never refused.
            settings.limits.rate = RateLimit(100_000, per: .second, burst: 1_000_000)
        case .none: settings.limits.rate = nil
        }
        if let key = ProcessInfo.processInfo.environment["USDCOP_BENCH_KEY"] {
            settings.keys = try KeyRing(lines: "writer:bench:\(key)")
        }
        try await DashboardService(settings: settings, logger: logger, extraRoutes: routes(), isBare: guards == .none).run()
    }

    private static func routes() throws -> [Route] {
        let json = Array(#"{"signal":"#.utf8) + (try BenchSignal.make(0).json) + Array("}".utf8)
        let constant = Answer(bytes: ByteBuffer(bytes: json), entityTag: "\"constant\"")
        return [
            Route("/bench/constant", .get { _ in constant }),
            Route(
                "/bench/decode",
                .post { call in
                    let body = try call.body.withUnsafeReadableBytes { bytes throws(JSONParseError) in try JSONParser.parse(bytes) }
                    let signal = try Signal(strict: body["signal"] ?? .null)
                    return Answer(signal.jsonValue)
                }),
        ]
    }
}
