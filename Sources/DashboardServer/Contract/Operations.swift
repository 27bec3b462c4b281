/// What is said of every method of every route; the key is method and path. A test compares it with the route table.
enum Operations {
    static let all: [String: Operation] = [signals, positions, metrics, audit, health, latency, performance, service, page]
        .reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }

    static func of(_ method: String, _ path: String) -> Operation? { all["\(method) \(path)"] }
}
