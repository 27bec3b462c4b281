import NIOCore
import Synchronization

/// All open connections, so that one on which nobody waits can make room for a new one.
final class ConnectionRegister: Sendable {
    /// One connection.
    final class Entry: Sendable {
        fileprivate let channel: any Channel
        /// Nanoseconds since when nobody waits for anything on it; 0 while somebody does.
        fileprivate let waitingSince: Atomic<UInt64>

        fileprivate init(_ channel: any Channel) {
            self.channel = channel
            waitingSince = Atomic(NIODeadline.now().uptimeNanoseconds)
        }

        func markBusy() { waitingSince.store(0, ordering: .relaxed) }

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
        let (isFull, victim) = entries.withLock { entries -> (Bool, Entry?) in
            var victim: Entry?
            if entries.count >= maximum {
                var oldest = UInt64.max
                for candidate in entries.values {
                    let since = candidate.waitingSince.load(ordering: .relaxed)
                    if since > 0, since < oldest { (oldest, victim) = (since, candidate) }
                }
                guard let victim else { return (true, nil) }
                entries[ObjectIdentifier(victim)] = nil
            }
            entries[ObjectIdentifier(entry)] = entry
            return (false, victim)
        }
        victim?.channel.close(promise: nil)
        guard !isFull else { return (entry, false) }
        channel.closeFuture.whenComplete { [self] _ in entries.withLock { $0[ObjectIdentifier(entry)] = nil } }
        return (entry, true)
    }
}
