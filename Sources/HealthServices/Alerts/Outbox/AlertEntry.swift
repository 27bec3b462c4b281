import CacheServices

/// An entry of the stream of alerts: something to be told, or what became of it.
///
/// Fields of the first: `kind` (`alert`), `id`, `alert` (JSON). Of the second: `kind` (`delivery`), `id`, `channel`, `result`, `attempts`,
/// `at`, `detail`, and `by`, which names the process, where it was decided while Redis was away.
enum AlertEntry: Sendable, Hashable {
    case alert(Alert)
    case delivery(AlertDelivery)

    /// Reads an entry; `nil` for anything that is neither. It is left as it is.
    init?(_ entry: StreamEntry) {
        func text(_ name: String) -> String? { entry[name].flatMap { String(validating: $0, as: UTF8.self) } }
        switch text("kind") {
        case "alert":
            guard let bytes = entry["alert"], let alert = try? Alert(stored: bytes), alert.id == text("id") else { return nil }
            self = .alert(alert)
        case "delivery":
            guard let id = text("id"), let channel = text("channel"), let result = text("result").flatMap(AlertDelivery.Result.init),
                let at = text("at").flatMap(Timestamp.init(iso8601:)), let attempts = text("attempts").flatMap({ Int($0) }), attempts >= 0
            else { return nil }
            let detail = text("detail").flatMap { $0.isEmpty ? nil : $0 }
            self = .delivery(AlertDelivery(id: id, channel: channel, result: result, attempts: attempts, at: at, detail: detail))
        default: return nil
        }
    }

    /// The fields, in their order.
    var fields: [StreamEntry.Field] {
        switch self {
        case .alert(let alert): [.init("kind", "alert"), .init("id", alert.id), .init("alert", alert.json)]
        case .delivery(let delivery):
            [
                .init("kind", "delivery"), .init("id", delivery.id), .init("channel", delivery.channel),
                .init("result", delivery.result.rawValue), .init("attempts", String(delivery.attempts)),
                .init("at", delivery.at.iso8601), .init("detail", delivery.detail ?? ""),
            ]
        }
    }
}
