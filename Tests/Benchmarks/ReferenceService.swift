import CacheServices
import DashboardServer
import Foundation
import Hiredis
import Logging
import NIOCore

/// The service with two more routes behind the same middleware: one answers a constant, one only decodes the body of a publish.
enum ReferenceService {
    static func run(redisURL: String, logger: Logger) async throws {
        var settings = Settings()
        settings.redis = try RedisConfiguration(url: redisURL)
        settings.port = ProcessInfo.processInfo.environment["USDCOP_PORT"].flatMap { Int($0) } ?? 8090
        try await DashboardService(settings: settings, logger: logger, extraRoutes: routes()).run()
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
