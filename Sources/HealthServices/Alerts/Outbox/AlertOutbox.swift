import CacheServices

/// What the stream of alerts says: which alerts there are, and what became of each on every channel. Pure.
struct AlertOutbox: Sendable {
    /// An alert and what became of it.
    struct Item: Sendable {
        let alert: Alert
        /// When it came, by the server's clock.
        let added: Timestamp
        /// By the names of channels; the first record counts.
        var results: [String: AlertDelivery.Result] = [:]
    }

    /// What a channel's receiver knows of a service.
    struct Told: Sendable, Hashable {
        let state: String
        let at: Timestamp
    }

    /// In the order in which they came; one that was seen while Redis was away can be older than those before it.
    private(set) var items: [Item] = []
    private var ids: Set<String> = []
    /// By channel, then by service.
    private var told: [String: [String: Told]] = [:]
    /// The last entry that was taken in.
    private(set) var last = StreamID.zero

    /// Takes the next entry in.
    ///
    /// - Returns: false when it can be neither an alert nor a record.
    @discardableResult
    mutating func add(_ entry: StreamEntry) -> Bool {
        last = max(last, entry.id)
        let added = Timestamp(milliseconds: Int64(clamping: entry.id.milliseconds))
        switch AlertEntry(entry) {
        case .alert(let alert):
            // Whoever wrote it twice meant one.
            add(alert, at: added)
        case .delivery(let delivery):
            guard let place = items.lastIndex(where: { $0.alert.id == delivery.id }) else { return true }
            if items[place].results[delivery.channel] == nil { items[place].results[delivery.channel] = delivery.result }
            if delivery.result == .sent, case .service(let name, _, let state) = items[place].alert.subject {
                // One that was told while Redis was away came to the stream later.
                let news = Told(state: state, at: min(added, delivery.at))
                if news.at >= told[delivery.channel]?[name]?.at ?? news.at { told[delivery.channel, default: [:]][name] = news }
            }
        case nil: return false
        }
        return true
    }

    /// Takes an alert in, unless it is there.
    mutating func add(_ alert: Alert, at added: Timestamp) {
        guard ids.insert(alert.id).inserted else { return }
        items.append(Item(alert: alert, added: added))
        if items.count > CacheRules.alertsLength { ids.remove(items.removeFirst().alert.id) }
    }

    /// Whether the alert is among ``items``.
    func holds(_ id: String) -> Bool { ids.contains(id) }

    /// What the receiver of a channel was last told of a service; `nil` when the stream knows nothing of it.
    func told(_ channel: String, of service: String) -> Told? { told[channel]?[service] }
}
