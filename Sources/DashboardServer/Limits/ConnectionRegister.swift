import Logging
import NIOCore
import Synchronization

/// All open connections, so that one on which nobody waits can make room for a new one.
///
/// One network never has more than half of them, so that a client that does not read its answers keeps nobody else out. This machine and the
/// trusted proxies may have all.
final class ConnectionRegister: Sendable {
    /// One connection.
    final class Entry: Sendable {
        fileprivate let channel: any Channel
        /// nil for one that counts for nobody.
        fileprivate let network: String?
        /// Nanoseconds since when nobody waits for anything on it; 0 while somebody does.
        fileprivate let waitingSince: Atomic<UInt64>
        private let hasEnded = Atomic(false)

        fileprivate init(_ channel: any Channel, network: String?) {
            self.channel = channel
            self.network = network
            waitingSince = Atomic(NIODeadline.now().uptimeNanoseconds)
        }

        func markBusy() { waitingSince.store(0, ordering: .relaxed) }

        func markEnded() { hasEnded.store(true, ordering: .relaxed) }

        /// Whether nothing is answered on it any more: what was sent ahead must not be done.
        var isEnded: Bool { hasEnded.load(ordering: .relaxed) }

        func markWaiting(since now: NIODeadline) { waitingSince.store(now.uptimeNanoseconds, ordering: .relaxed) }
    }

    /// What becomes of a connection.
    enum Admission: Sendable, Equatable {
        case admitted
        /// There is no room, and its client has a moment to see that.
        case refused
        /// There is no room, and so many have been refused at once that this one closes without waiting for its client.
        case refusedAtOnce
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var networks: [String: Int] = [:]
        var refused = 0
        /// Refused connections that have not closed yet.
        var leaving = 0
        var lastTold: NIODeadline?

        mutating func add(_ entry: Entry) {
            guard entries.updateValue(entry, forKey: ObjectIdentifier(entry)) == nil, let network = entry.network else { return }
            networks[network, default: 0] += 1
        }

        mutating func remove(_ entry: Entry) {
            guard entries.removeValue(forKey: ObjectIdentifier(entry)) != nil, let network = entry.network else { return }
            let rest = networks[network, default: 0] - 1
            networks[network] = rest > 0 ? rest : nil
        }
    }

    /// One line of the log in so much time tells of refused connections, however many there are.
    private static let spacing = TimeAmount.minutes(1)
    /// Refused connections that are given time to see why. The server accepts nothing while too many are open, those included, so that a flood
    /// of them would keep everybody out.
    static let maximumLeaving = DashboardService.connectionsInPassing / 2

    private let maximum: Int
    private let maximumOfOne: Int
    private let proxies: [AddressRange]
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameter proxies: whose connections are everybody's.
    init(maximum: Int, proxies: [AddressRange], logger: Logger) {
        (self.maximum, maximumOfOne) = (maximum, max(1, maximum / 2))
        self.proxies = proxies
        self.logger = logger
    }

    /// How many there are.
    var count: Int { state.withLock { $0.entries.count } }

    /// Enters a connection until it closes. When there are too many, of all or of its network, the one that has waited longest is closed.
    ///
    /// - Returns: the connection, and whether there is room for it: not when each of the others has a request under way.
    func admit(_ channel: any Channel) -> (entry: Entry, admission: Admission) {
        let entry = Entry(channel, network: channel.remoteAddress.flatMap { network(of: $0) })
        let (admission, victims, refused) = state.withLock { state -> (Admission, [Entry], Int?) in
            var victims: [Entry] = []
            func makeRoom(_ isFull: (State) -> Bool, _ isOne: (Entry) -> Bool) -> Bool {
                while isFull(state), let victim = Self.oldestWaiting(of: state.entries.values, where: isOne) {
                    state.remove(victim)
                    victims.append(victim)
                }
                return !isFull(state)
            }
            let hasShare =
                entry.network.map { network in
                    makeRoom({ $0.networks[network, default: 0] >= maximumOfOne }, { $0.network == network })
                } ?? true
            if hasShare, makeRoom({ $0.entries.count >= maximum }, { _ in true }) {
                state.add(entry)
                return (.admitted, victims, nil)
            }
            state.refused += 1
            state.leaving += 1
            let admission = state.leaving > Self.maximumLeaving ? Admission.refusedAtOnce : .refused
            let now = NIODeadline.now()
            if let last = state.lastTold, now - last < Self.spacing { return (admission, victims, nil) }
            state.lastTold = now
            return (admission, victims, state.refused)
        }
        for victim in victims { victim.channel.eventLoop.execute { self.close(victim) } }
        if let refused {
            logger.warning(
                "connections are refused: there are too many with a request under way",
                metadata: [
                    "client": "\(entry.network ?? "this machine or a proxy")", "connections": "\(count)", "refused": "\(refused)",
                ])
        }
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { if admission == .admitted { $0.remove(entry) } else { $0.leaving -= 1 } }
        }
        return (entry, admission)
    }

    private func network(of peer: SocketAddress) -> String? {
        guard let address = IPAddress(peer), !address.isLoopback, !proxies.contains(where: { $0.contains(address) }) else { return nil }
        return address.network
    }

    private static func oldestWaiting(of entries: some Sequence<Entry>, where isOne: (Entry) -> Bool) -> Entry? {
        var (oldest, found) = (UInt64.max, Entry?.none)
        for entry in entries where isOne(entry) {
            let since = entry.waitingSince.load(ordering: .relaxed)
            if since > 0, since < oldest { (oldest, found) = (since, entry) }
        }
        return found
    }

    /// On the event loop of the connection, so that no request begins between the look and the end. One on which a request came meanwhile
    /// stays, and there is one connection too many until the next one comes.
    private func close(_ victim: Entry) {
        if victim.waitingSince.load(ordering: .relaxed) > 0 { return victim.channel.closeAtOnce() }
        state.withLock { if victim.channel.isActive { $0.add(victim) } }
    }
}

extension ConnectionRegister {
    /// How many connections there are, and how many found no room.
    var metricFamilies: [MetricFamily] {
        let (count, refused) = state.withLock { ($0.entries.count, $0.refused) }
        return [
            .gauge("usdcop_http_connections", "Open connections of clients.", Double(count)),
            .gauge("usdcop_http_connections_maximum", "The most connections of clients at once.", Double(maximum)),
            .counter(
                "usdcop_http_connections_refused_total", "Connections that found no room because each other one had a request under way.",
                Double(refused)),
        ]
    }
}
