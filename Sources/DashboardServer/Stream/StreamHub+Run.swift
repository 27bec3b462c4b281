import CacheServices
import Logging
import ServiceLifecycle
import Synchronization

extension StreamHub: Service {
    /// Follows the streams while somebody listens, until the service ends; then ends all streams at once.
    func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in self.activations {
                await self.serve()
                if Task.isCancelled { break }
            }
        }
        await close()
    }

    private func serve() async {
        repeat {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await StreamFollower(hub: self).run() }
                if let local = feeds.local { group.addTask { await self.followLocal(local) } }
                group.addTask { await self.keepConnections() }
                group.addTask { await self.dropStuck() }
                group.addTask { await BackendFeed(hub: self).run() }
                group.addTask { await LatencyFeed(hub: self).run() }
                await idle()
                group.cancelAll()
            }
            // Nothing is under way any more. Somebody may have come meanwhile, and then everything goes on where it stopped.
        } while !Task.isCancelled && !state.withLock { $0.forget(slots.taken) }
    }

    /// Returns when nobody has listened for a while.
    private func idle() async {
        var quietSince: ContinuousClock.Instant?
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            guard state.withLock({ $0.isQuiet(slots.taken) }) else {
                quietSince = nil
                continue
            }
            let since = quietSince ?? .now
            quietSince = since
            if since.duration(to: .now) >= limits.linger { return }
        }
    }

    private func followLocal(_ local: InMemoryEventStream) async {
        guard let info = try? await local.info() else { return }
        var last = info.lastID
        while !Task.isCancelled {
            do {
                for try await batch in local.follow(after: last) {
                    last = batch.last?.id ?? last
                    for change in batch.compactMap(ChangeEvent.init) {
                        if let message = StreamMessage(change) { publish(message) }
                    }
                }
            } catch {
                continue
            }
        }
    }

    private func keepConnections() async {
        while (try? await Task.sleep(for: limits.keepAlive)) != nil {
            for subscriber in state.withLock({ $0.members.values.map(\.subscriber) }) { subscriber.remind() }
        }
    }

    /// Ends clients that have not taken a write in time.
    private func dropStuck() async {
        while (try? await Task.sleep(for: limits.write / 10)) != nil {
            let stuck = state.withLock { $0.members.values.map(\.subscriber) }.filter { $0.isStuck(for: limits.write) && $0.end(.slow) }
            count { $0.dropped += stuck.count }
            drop(stuck)
        }
    }

    /// Ends all streams with a last word; those that do not take it lose their connection.
    private func close() async {
        let subscribers = state.withLock { state in
            state.phase = .ended
            return state.members.values.map(\.subscriber)
        }
        for subscriber in subscribers { subscriber.end(.shutdown) }
        let deadline = ContinuousClock.now + limits.farewell
        // A task of its own: in a cancelled one nothing can be waited for.
        await Task {
            while self.state.withLock({ !$0.members.isEmpty }), ContinuousClock.now < deadline {
                try? await Task.sleep(for: .milliseconds(5))
            }
        }.value
        for subscriber in state.withLock({ $0.members.values.map(\.subscriber) }) { subscriber.closeConnection() }
    }
}

extension StreamHub.State {
    /// Whether nobody listens.
    fileprivate func isQuiet(_ slots: Int) -> Bool { slots == 0 && members.isEmpty }

    /// Forgets where the streams were followed to, unless somebody is there.
    fileprivate mutating func forget(_ slots: Int) -> Bool {
        guard isQuiet(slots) else { return false }
        phase = .starting
        log = nil
        knowsPresent = false
        damage = [:]
        latest = [:]
        return true
    }
}
