import CacheServices
import Foundation

/// A change of a service that has lasted while this process checked for itself.
struct LoneChange: Sendable, Hashable {
    let service: OperationName
    let to: ServiceStatus
    /// When it began.
    let at: Timestamp
    /// The how manieth change of the service it is, counted on from those that all processes know.
    let step: Int
    /// What people are told.
    let alert: Alert

    /// - Parameter base: what all processes that lost the same Redis have in common.
    init(_ health: ServiceHealth, from: ServiceStatus?, at: Timestamp, base: String, step: Int) {
        service = health.service
        to = health.status
        self.at = at
        self.step = step
        let name = health.service.rawValue
        let id = "\(name):\(base):away:\(step):\(health.status.rawValue)"
        let was = from?.rawValue ?? "unknown"
        let because = health.reason.map { ": \($0)" } ?? ""
        let message = "\(name) is \(health.status.rawValue), was \(was)\(because) (seen by one process for itself, \(Self.process))"
        alert = Alert(
            id: id, subject: .service(name, from: was, to: health.status.rawValue), at: at, message: message,
            jsonValue: [
                "at": .string(at.iso8601), "from": .string(was), "id": .string(id), "kind": "service",
                "latency_ms": .milliseconds(health.latency), "message": .string(message),
                "reason": health.reason.map(JSONValue.string) ?? .null, "seen_by": .string(Self.process), "service": .string(name),
                "source": "this_process", "to": .string(health.status.rawValue),
            ])
    }

    /// The machine and this process on it: several may tell of the same.
    private static let process: String = {
        var name = [CChar](repeating: 0, count: 256)
        let bytes = gethostname(&name, 255) == 0 ? name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) } : []
        let host = String(decoding: bytes, as: UTF8.self)
        return "\(TextRule(maximumLength: 255).problem(with: host) == nil ? host : "localhost"), process \(getpid())"
    }()
}
