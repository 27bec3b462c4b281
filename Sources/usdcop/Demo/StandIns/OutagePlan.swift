import CacheServices

/// When which service has an outage: the first within the first minute, so that whoever looks sees a change, then one every few minutes.
/// Pure; a seed always gives the same plan.
struct OutagePlan: Sendable {
    /// About three days; then it begins again.
    private static let count = 1000

    let outages: [Outage]

    init(seed: UInt64, services: [OperationName] = StandInProfile.all.map(\.name)) {
        var random = Xoshiro256(seed: seed, for: "outages")
        var (outages, time, last) = ([Outage](), Duration.zero, OperationName?.none)
        for number in 0..<Self.count where !services.isEmpty {
            time += .milliseconds(Int(1000 * (number == 0 ? random.uniform(25...35) : random.uniform(100...240))))
            // Never the same one twice in a row.
            let others = services.filter { $0 != last || services.count == 1 }
            let service = others[Int(random.uniform() * Double(others.count))]
            let lot = random.uniform()
            // What fails at first is plain to see, and over in time for the recovery to be seen as well.
            let kind: Outage.Kind = number == 0 ? .failing : lot < 0.5 ? .slow : lot < 0.85 ? .failing : .silent
            let length = Duration.milliseconds(Int(1000 * (number == 0 ? random.uniform(20...26) : random.uniform(22...55))))
            outages.append(Outage(service: service, kind: kind, start: time, length: length))
            time += length
            last = service
        }
        self.outages = outages
    }

    /// What a service suffers from at a time since the start; nil when it is well.
    func outage(of service: OperationName, at time: Duration) -> Outage? {
        guard let end = outages.last?.end, end > .zero, time >= .zero else { return nil }
        let place = time - end * Int(time / end)
        // The only one that can be under way is the last one that began.
        var (low, high) = (0, outages.count)
        while low < high {
            let middle = (low + high) / 2
            if outages[middle].start <= place { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let outage = outages[low - 1]
        return outage.service == service && place < outage.end ? outage : nil
    }
}
