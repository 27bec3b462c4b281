import CacheServices
import Hiredis
import RedisTesting

/// What the exported audit trail of a demo says.
struct DemoTrail {
    private let entries: [JSONValue]

    init(_ export: [JSONValue]) {
        entries = export.compactMap { $0["entry"] }
    }

    func of(_ type: String) -> [JSONValue] { entries.filter { $0["event_type"]?.text == type } }

    /// The details of the event with which the demo began.
    var start: JSONValue? { of("SYSTEM_EVENT").first { $0["action"]?.text?.contains("market started") == true }?["metadata"] }

    /// What all closed positions brought.
    var realised: Double { of("POSITION_CLOSED").compactMap { $0["metadata"]?["pnl"]?.double }.reduce(0, +) }

    var opened: Set<String> { names("POSITION_OPENED") }
    var closed: Set<String> { names("POSITION_CLOSED") }

    private func names(_ type: String) -> Set<String> { Set(of(type).compactMap { $0["metadata"]?["position_id"]?.text }) }
}

extension PrivateRedis {
    /// The open positions of a demo.
    func positions() async throws -> [JSONValue] {
        var positions: [JSONValue] = []
        for name in try await names().sorted() where name.hasPrefix("position:active:") {
            let reply = try await ask("GET", .text(RunningDemo.namespace + ":" + name))
            positions.append(try JSONParser.parse(reply.bytes ?? []))
        }
        return positions
    }
}
