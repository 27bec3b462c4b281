public import CacheServices
public import Hiredis

/// Reads what was to be told, and what was. It writes nothing and starts nothing.
public struct AlertLog: Sendable {
    /// Some alerts, newest first.
    public struct Page: Sendable, Hashable {
        public let alerts: [AlertRecord]
        /// Entries of the stream that are neither alerts nor records. They are left as they are.
        public let unreadable: [StreamID]

        /// The page as it goes over the wire; `unreadable` is there only when there is something to name.
        public var jsonValue: JSONValue {
            var members: [JSONValue.Member] = [
                .init("count", .integer(alerts.count)), .init("alerts", .array(alerts.map(\.jsonValue))),
            ]
            if !unreadable.isEmpty { members.append(.init("unreadable", .array(unreadable.map { .string("\($0)") }))) }
            return .object(members)
        }
    }

    /// How many alerts a page may have.
    public static let limits = 1...CacheRules.alertsLength

    private let stream: any EventStream

    init(_ stream: any EventStream) {
        self.stream = stream
    }

    /// The alerts that all processes share.
    public init(_ redis: RedisClient, namespace: Namespace) {
        self.init(AlertStore(redis, namespace: namespace).stream)
    }

    /// The newest alerts, newest first, each with what became of it on every channel. One XREVRANGE.
    ///
    /// - Parameter limit: 1 to 1000.
    /// - Throws: `CacheError`: `invalidArgument` for a limit out of its range, else why the stream cannot be read.
    public func recent(limit: Int = 100) async throws(CacheError) -> Page {
        guard Self.limits.contains(limit) else {
            throw CacheError(.invalidArgument, "A page has 1 to \(Self.limits.upperBound) alerts.")
        }
        // Newest first: what became of an alert is met before the alert.
        var deliveries: [String: [AlertDelivery]] = [:]
        var written: Set<[StreamEntry.Field]> = []
        var records: [AlertRecord] = []
        var unreadable: [StreamID] = []
        for entry in try await stream.newest(CacheRules.alertsLength) {
            switch AlertEntry(entry) {
            case .delivery(let delivery):
                // Written again because nobody knew whether it had been written.
                guard written.insert(entry.fields).inserted else { continue }
                deliveries[delivery.id, default: []].append(delivery)
            case .alert(let alert):
                // One that was written twice has the records of both.
                if let place = records.firstIndex(where: { $0.alert.id == alert.id }) {
                    deliveries[alert.id] = records.remove(at: place).deliveries.reversed() + deliveries[alert.id, default: []]
                }
                let own = deliveries.removeValue(forKey: alert.id) ?? []
                records.append(AlertRecord(alert: alert, streamID: entry.id, deliveries: own.reversed()))
            case nil: unreadable.append(entry.id)
            }
        }
        return Page(alerts: Array(records.prefix(limit)), unreadable: unreadable)
    }
}
