import Foundation
import Logging
import NIOCore
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

/// Requests with bytes changed, cut, doubled and joined, on many connections. A million of them with `USDCOP_SOAK=1`.
@Suite(.takesTurns, .timeLimit(.minutes(60)))
struct BorderFuzzTests {
    private static let isSoak = ProcessInfo.processInfo.environment["USDCOP_SOAK"] == "1"
    private static let count = isSoak ? 1_000_000 : 20_000

    private static let host = "Host: localhost\r\n"
    private static let seeds: [[UInt8]] = [
        "GET /livez HTTP/1.1\r\n\(host)\r\n",
        "GET /api/cache/signals?type=history&symbol=USDCOP&limit=5 HTTP/1.1\r\n\(host)X-Request-ID: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\(host)If-None-Match: \"a\", W/\"b\"\r\nAccept-Encoding: gzip;q=0.5\r\n\r\n",
        "PUT /api/cache/metrics/custom/a HTTP/1.1\r\n\(host)Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"value\": 1}",
        "PUT /api/cache/metrics/custom/a HTTP/1.1\r\n\(host)Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"value\": 1}\r\n0\r\n\r\n",
        "POST /api/health/latency HTTP/1.1\r\n\(host)Content-Type: application/json\r\nContent-Length: 52\r\n\r\n{\"service\": \"a\", \"operation\": \"b\", \"latency_ms\": 1}",
        "GET /api/audit/signals?startTime=2025-01-01T00%3A00%3A00Z&eventType=RISK_ALERT HTTP/1.1\r\n\(host)Authorization: Bearer x\r\n\r\n",
        "OPTIONS /api/cache/positions/USD%2FCOP HTTP/1.1\r\n\(host)Origin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
        "GET http://localhost/api/cache/stats HTTP/1.1\r\n\(host)X-Forwarded-For: 1.1.1.1, [::1]:80\r\nForwarded: for=\"[2001:db8::1]\"\r\n\r\n",
        "DELETE /api/cache/positions/A HTTP/1.0\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c\r\nExpect: 100-continue\r\n\r\n",
    ].map { Array($0.utf8) }

    /// What matters to a parser of HTTP.
    private static let tokens: [[UInt8]] = [
        "\r\n", "\n", "\r", ":", " ", "\t", "\0", "chunked", "Transfer-Encoding: chunked\r\n", "Content-Length: 0\r\n", "0\r\n\r\n", "%",
        "%00", "%ff", "?", "&", "=",
        "HTTP/1.1", "Host: a\r\n", "\"", ",", ";", "{", "[", "-1", "99999999999999999999", "é", "\u{feff}", "/", "//", "..",
    ].map { Array($0.utf8) }

    private static func mutant(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = seeds.randomElement(using: &generator) ?? []
        for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<7, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.insert(contentsOf: tokens.randomElement(using: &generator) ?? [], at: place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &generator)))
            case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
            case 5: bytes += seeds.randomElement(using: &generator) ?? []
            default: bytes = Array(bytes[..<place]) + (seeds.randomElement(using: &generator) ?? [])
            }
        }
        return bytes
    }

    @Test func `no bytes end the service, none make it fail, and none make it grow`() async throws {
        try await RunningService.with(keeping: .warning) { settings in
            settings.limits.headerTimeout = .seconds(1)
            settings.requestTimeout = .seconds(1)
            settings.limits.rate = nil
        } _: { (service) async throws in
            // The same in every ordinary run, so that what one finds can be found again.
            let seed = Self.isSoak ? UInt64.random(in: .min ... .max) : 20_250_115
            let workers = 16
            let before = ResidentMemory.bytes ?? 0
            let failures = try await withThrowingTaskGroup(of: [Int: Int].self) { group in
                for worker in 0..<workers {
                    group.addTask {
                        var generator = SeededGenerator(seed: seed &+ UInt64(worker))
                        var (statuses, left) = ([Int: Int](), Self.count / workers)
                        while left > 0 {
                            // A few on each connection, and then no more: whatever is open then is answered and closed.
                            let batch = (0..<min(left, 5)).map { _ in Self.mutant(&generator) }
                            left -= batch.count
                            try await RawConnection.open(port: service.port) { (connection) async throws in
                                for bytes in batch where !bytes.isEmpty { guard (try? await connection.send(bytes)) != nil else { break } }
                                connection.finishSending()
                                while let reply = try? await connection.reply() { statuses[reply.status, default: 0] += 1 }
                            }
                        }
                        return statuses
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { $0.merge($1, uniquingKeysWith: +) }
            }
            print(
                "fuzzed requests of seed \(seed): \(failures.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))"
            )
            #expect(failures.keys.allSatisfy { $0 < 500 }, "seed \(seed): \(failures)")
            #expect(failures[200, default: 0] > 0 && failures[400, default: 0] > 0)
            // The first bad one of a connection ends it; a good part is understood all the same.
            #expect(failures.values.reduce(0, +) >= Self.count / 5)
            #expect((ResidentMemory.bytes ?? 0) - before < 128 << 20)
            #expect(!service.log.records.contains { $0.level >= .error && $0.message.contains("request") })
            #expect(try await service.get("/livez").status == 200)
        }
    }
}
