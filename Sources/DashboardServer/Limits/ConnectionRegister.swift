import NIOCore
import Synchronization

/// All open connections, so that one on which nobody waits can make room for a new one.
final class ConnectionRegister: Sendable {
    /// One connection.
    final class Entry: Sendable {
        fileprivate let channel: any Channel
        /// Nanoseconds since when nobody waits for anything on it; 0 while somebody does.
        fileprivate let waitingSince: Atomic<UInt64>
        private let hasEnded = Atomic(false)

        fileprivate init(_ channel: any Channel) {
            self.channel = channel
            waitingSince = Atomic(NIODeadline.now().uptimeNanoseconds)
        }

        func markBusy() { waitingSince.store(0, ordering: .relaxed) }

        func markEnded() { hasEnded.store(true, ordering: .relaxed) }

        /// Whether nothing is answered on it any more: what was sent ahead must not be done.
        var isEnded: Bool { hasEnded.load(ordering: .relaxed) }

        func markWaiting() { waitingSince.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed) }
    }

    private let maximum: Int
    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])

    init(maximum: Int) { self.maximum = maximum }

    /// How many there are.
    var count: Int { entries.withLock { $0.count } }

    /// Enters a connection until it closes. When there are too many, the one that has waited longest is closed.
    ///
    /// - Returns: the connection, and whether there is room for it: not when each of the others has a request under way.
    func admit(_ channel: any Channel) -> (entry: Entry, isAdmitted: Bool) {
        let entry = Entry(channel)
        let (isFull, victims) = entries.withLock { entries -> (Bool, [Entry]) in
            var victims: [Entry] = []
            while entries.count >= maximum, let victim = Self.oldestWaiting(of: entries.values) {
                entries[ObjectIdentifier(victim)] = nil
                victims.append(victim)
            }
            guard entries.count < maximum else { return (true, victims) }
            entries[ObjectIdentifier(entry)] = entry
            return (false, victims)
        }
        for victim in victims { victim.channel.eventLoop.execute { self.close(victim) } }
        guard !isFull else { return (entry, false) }
        channel.closeFuture.whenComplete { [self] _ in entries.withLock { $0[ObjectIdentifier(entry)] = nil } }
        return (entry, true)
    }

    private static func oldestWaiting(of entries: some Sequence<Entry>) -> Entry? {
        var (oldest, found) = (UInt64.max, Entry?.none)
        for entry in entries {
            let since = entry.waitingSince.load(ordering: .relaxed)
            if since > 0, since < oldest { (oldest, found) = (since, entry) }
        }
        return found
    }

    /// On the event loop of the connection, so that no request begins between the look and the end. One on which a request came meanwhile
    /// stays, and there is one connection too many until the next one comes.
    private func close(_ victim: Entry) {
        if victim.waitingSince.load(ordering: .relaxed) > 0 { return victim.channel.close(promise: nil) }
        entries.withLock { entries in
            if victim.channel.isActive { entries[ObjectIdentifier(victim)] = victim }
        }
    }
}
