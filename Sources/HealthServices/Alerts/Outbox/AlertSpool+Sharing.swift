import CacheServices

extension AlertSpool.Contents {
    /// What belongs on the shared record, by whether the change also counts for all.
    ///
    /// A change of Redis itself always does: that it was away nobody else could put there. Of another service the other processes know, or
    /// will know with the next checks; so what this process has seen counts only when it has told somebody: then the end has to be told, too.
    /// One that nobody was told of is left out: a process that lost the whole network takes everything for down.
    var toShare: [(change: LoneChange, counts: Bool)] {
        let results = Dictionary(grouping: deliveries, by: \.id).mapValues { $0.map(\.result) }
        return changes.compactMap { change in
            guard change.service != DefaultServices.redis else { return (change, true) }
            return results[change.alert.id].map { (change, $0.contains { $0 != .failed }) }
        }
    }

    /// The first so many changes with what became of them, and of older alerts.
    func part(_ count: Int) -> AlertSpool.Contents {
        guard changes.count > count || deliveries.count > 2 * count else { return self }
        let some = Array(changes.prefix(count))
        let later = Set(changes.dropFirst(count).map(\.alert.id))
        return AlertSpool.Contents(changes: some, deliveries: deliveries.filter { !later.contains($0.id) })
    }
}
