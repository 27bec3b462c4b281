import CacheServices
import Foundation
import Hiredis
import RedisTesting

@testable import HealthServices

extension Timestamp {
    /// 2025-01-15T10:30:00.000Z
    static let sample = Timestamp(milliseconds: 1_736_937_000_000)
}

extension Alert {
    /// The stored JSON of a change of a service.
    static func stored(_ id: String, _ service: String = "trading-api", to: String = "unhealthy", message: String? = nil) -> String {
        let value: JSONValue = [
            "id": .string(id), "kind": "service", "service": .string(service), "from": "healthy", "to": .string(to),
            "at": .string(Timestamp.sample.iso8601), "reason": "timed out", "latency_ms": .null,
            "message": .string(message ?? "\(service) is \(to)"),
        ]
        return String(decoding: JSONWriter.bytes(value), as: UTF8.self)
    }

    static func sample(_ id: String, _ service: String = "trading-api", to: String = "unhealthy", message: String? = nil) throws -> Alert {
        try Alert(stored: Array(stored(id, service, to: to, message: message).utf8))
    }

    static func risk(_ id: String) throws -> Alert {
        let text = """
            {"id":"\(id)","kind":"risk","severity":"high","symbol":"USDCOP","at":"2025-01-15T10:30:00.000Z","message":"too much"}
            """
        return try Alert(stored: Array(text.utf8))
    }
}

extension PrivateRedis {
    /// Adds an alert as the checker does: from a process that knows nothing of this code.
    func addAlert(_ id: String, _ service: String = "trading-api", to: String = "unhealthy", message: String? = nil) async throws {
        let json = Alert.stored(id, service, to: to, message: message)
        try await ask("XADD", "usdcop:alerts", "MAXLEN", "=", "1000", "*", "kind", "alert", "id", .text(id), "alert", .text(json))
    }

    /// The records of deliveries, oldest first, as `id result detail` with the attempts.
    func deliveries() async throws -> [(id: String, result: String, detail: String, attempts: Int, channel: String)] {
        try await ask("XRANGE", "usdcop:alerts", "-", "+").streamEntries().compactMap { entry in
            func text(_ name: String) -> String { String(decoding: entry[name] ?? [], as: UTF8.self) }
            guard text("kind") == "delivery" else { return nil }
            return (text("id"), text("result"), text("detail"), Int(text("attempts")) ?? -1, text("channel"))
        }
    }

    /// Every byte of the stream of alerts.
    func alertsDump() async throws -> String {
        "\(try await ask("XRANGE", "usdcop:alerts", "-", "+").streamEntries().flatMap(\.fields).map { "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))" })"
    }
}
