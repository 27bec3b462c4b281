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
    }

    private func watchConnection() async {
        for await status in cache.redis.statusUpdates() {
            if case .away(let error) = status, error.meansAway { leaveRedis(error.message) }
            wakeUp()
        }
    }

    private func keepFresh() async {
        var follower = LastKnownFollower(cache)
        while !Task.isCancelled {
            if status.mode == .redis, cache.redis.status.isReady { await follower.refresh(self) }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Goes back to Redis once it answers: first what is pending, in order, then everything.
    private func recover() async {
        while !Task.isCancelled, status.mode != .redis, cache.redis.status.isReady {
            do throws(CacheError) {
                try await ping()
                try await replay()
            } catch {
                logger.warning("the return to Redis was interrupted", metadata: ["reason": "\(error)"])
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
            let lost = try await deliver(write)
            withState { state in
                state.pending.removeFirst()
                guard lost else { return }
                state.conflicts += 1
                state.store.remove(write.key)
            }
        }
        // Writes that came while the last one was on its way are pending again, and Redis is not asked before they are there.
        guard withState({ $0.finishReplay(at: $0.store.wallNow) }) else { return }
        logger.notice("Redis answers again", metadata: ["replayed": "\(outage)"])
    }

    /// Sends one pending write. True when it lost against a newer value, or can never be accepted.
    private func deliver(_ write: PendingWrite) async throws(CacheError) -> Bool {
        do throws(CacheError) {
            let lost = PendingWrite.lost(try await cache.send(write.request))
            if lost { logger.warning("a write of the outage lost: the value changed in Redis meanwhile", metadata: ["key": "\(write.key)"]) }
            return lost
        } catch {
            switch error.code {
            case .dataConflict, .futureTimestamp, .invalidKey, .reservedKey:
                logger.error("a write of the outage cannot be stored", metadata: ["key": "\(write.key)", "reason": "\(error)"])
                return true
            default:
                throw error
            }
        }
    }
}
