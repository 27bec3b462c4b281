import Hiredis
import Logging
public import ServiceLifecycle

extension FallbackCacheClient: Service {
    /// Watches the connection, replays what an outage left, and keeps the last-known values fresh, until the service ends.
    public func run() async {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.watchConnection() }
                group.addTask { await self.keepFresh() }
                for await _ in self.wakes { await self.recover() }
                group.cancelAll()
            }
        }
        let lost = withState { $0.pending.count }
        if lost > 0 { logger.error("ended while Redis was away: writes of the outage are lost", metadata: ["writes": "\(lost)"]) }
    }

    private func watchConnection() async {
        for await status in cache.redis.statusUpdates() {
            if case .away(let error) = status, error.meansAway {
                leaveRedis(error.cause.map { "\(error.message) Cause: \($0)." } ?? error.message)
            }
            wakeUp()
        }
    }

    private func keepFresh() async {
        var follower = LastKnownFollower(cache)
        while !Task.isCancelled {
            let isReady = status.mode == .redis && cache.redis.status.isReady
            if isReady { await follower.refresh(self) }
            // Soon after a start or a return the last-known values are there. With a command's deadline of a second, a Redis that hangs is
            // noticed within two also where nobody asks for anything.
            try? await Task.sleep(for: isReady ? .milliseconds(700) : .milliseconds(50))
        }
    }

    /// Goes back to Redis once it answers: first what is pending, in order, then everything.
    private func recover() async {
        var said: CacheError.Code?
        while !Task.isCancelled, status.mode != .redis, cache.redis.status.isReady {
            do throws(CacheError) {
                try await ping()
                try await replay()
            } catch {
                leaveRedis(error.message)
                if said != error.code { logger.warning("the return to Redis was interrupted", metadata: ["reason": "\(error)"]) }
                said = error.code
                try? await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private func ping() async throws(CacheError) {
        do {
            _ = try await cache.redis.send(RedisCommand("PING", access: .read))
        } catch {
            throw CacheError(error)
        }
    }

    private func replay() async throws(CacheError) {
        let outage = withState { state in
            state.startReplay(at: state.store.wallNow)
            return state.pending.count
        }
        while let write = withState({ $0.pending.first }) {
            try await deliver(write)
        }
        // Writes that came while the last one was on its way are pending again, and Redis is not asked before they are there.
        guard withState({ $0.finishReplay(at: $0.store.wallNow) }) else { return }
        logger.notice("Redis answers again", metadata: ["replayed": "\(outage)"])
    }

    /// Sends the first pending write, and settles it: it arrived, it lost against a newer value, or it can never be accepted.
    private func deliver(_ write: PendingWrite) async throws(CacheError) {
        do throws(CacheError) {
            let reply = try await cache.send(write.request)
            if PendingWrite.lost(reply) { try await settleLoss(of: write) } else { withState { $0.delivered(reply) } }
        } catch {
            switch error.code {
            case .dataConflict, .futureTimestamp, .invalidKey, .reservedKey,
                .refused where !error.mayPass:
                withState { $0.firstIsRefused() }
                logger.error("a write of the outage cannot be stored", metadata: ["key": "\(write.key)", "reason": "\(error)"])
            case .outcomeUnknown:
                withState { $0.firstIsUncertain() }
                throw error
            default:
                throw error
            }
        }
    }

    /// A write that was sent before without an answer finds itself, and a removal what it wanted; any other finds what wins.
    private func settleLoss(of write: PendingWrite) async throws(CacheError) {
        let present = try await cache.perform(.get(write.key).uncounted()).value
        if write.mayHaveArrived || present == nil, write.kind == .overwrite(result: present) { return withState { $0.delivered() } }
        if present == nil, write.requestIfGone != nil, try await !wasRemoved(write.key) {
            return withState { $0.firstExpectsNothing() }
        }
        withState { $0.firstLost(against: present) }
        logger.warning("a write of the outage lost: the value changed in Redis meanwhile", metadata: ["key": "\(write.key)"])
    }

    /// Whether the change stream says that somebody removed a key, or no longer reaches back far enough to tell.
    private func wasRemoved(_ key: String) async throws(CacheError) -> Bool {
        let entries = try await RedisEventStream.changes(cache.redis, namespace: namespace).newest(CacheRules.eventsLength)
        guard let change = entries.lazy.compactMap(ChangeEvent.init).first(where: { $0.key == key }) else {
            return entries.count >= CacheRules.eventsLength
        }
        return change.event != "set"
    }
}

extension CacheError {
    /// Whether a refusal is about the server's state, or the connection's, rather than about this write: later it may be accepted.
    var mayPass: Bool {
        switch underlying?.server?.kind {
        case .outOfMemory?, .misconfigured?, .readOnly?, .noReplicas?, .authentication?: true
        default: meansAway
        }
    }
}
