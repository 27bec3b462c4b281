import CacheServices

extension AlertSpool.Contents {
    /// What belongs on the shared record, by whether the change also counts for all.
    ///
    /// A change of Redis itself always does: that it was away nobody else could put there. Of another service the other processes know, or
    /// will know with the next checks; so what this process has seen of it belongs there only when it has told somebody: then the end has to
    /// be told, too. A process that lost the whole network takes everything for down, and one without a channel has told nobody.
    var toShare: [(change: LoneChange, counts: Bool)] {
        let results = Dictionary(grouping: deliveries, by: \.id).mapValues { $0.map(\.result) }
        let told = Set(changes.filter { results[$0.alert.id]?.contains(.sent) ?? false }.map(\.alert.id))
        let services = Set(changes.filter { told.contains($0.alert.id) }.map(\.service))
        return changes.compactMap { change in
            guard change.service != DefaultServices.redis else { return (change, true) }
            guard services.contains(change.service), results[change.alert.id] != nil else { return nil }
            return (change, told.contains(change.alert.id))
        }
    }
}
