import CacheServices
import Hiredis
import Logging
public import ServiceLifecycle
import Synchronization

extension CheckpointSigner: Service {
    /// How long a writer is remembered after its last event was trimmed.
    static let writerMemory = Duration.seconds(7 * 86_400)

    /// Holds or awaits the lease until the service ends; then signs what is left and gives the lease back.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled { await self.takeTurn() }
        }
        // A task of its own: a cancelled one could send nothing any more, and the lease would stay taken.
        if isHolder { await Task { await end() }.value }
    }

    /// Signs what is left and gives the lease back.
    private func end() async {
        do throws(AuditError) {
            try await checkpointNow()
        } catch {
            logger.error("the last events are not signed", metadata: ["reason": "\(error)"])
        }
        state.withLock { $0.isHolder = false }
        try? await store.releaseLease(token: token)
    }

    /// One attempt to hold the lease, as long as it lasts.
    private func takeTurn() async {
        do {
            guard try await !isOutranked() else {
                settle()
                if isHolder { leave() }
                return try await Task.sleep(for: leaseDuration)
            }
            switch try await takeLease() {
            case .heldByAnother:
                settle()
                if isHolder { leave() }
                try await Task.sleep(for: leaseDuration / 4)
            case .taken, .renewed:
                begin()
                try await client.withDedicatedConnection { try await hold(StreamReading(connection: $0, timeout: .seconds(2))) }
            }
        } catch is CancellationError {
        } catch is LeaseLost {
            leave()
        } catch {
            report(error)
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    private func takeLease() async throws(CacheError) -> RedisLease.Answer {
        try await store.takeLease(token: token, for: leaseDuration * 2 / 3)
    }

    private func begin() {
        forgetContinuation()
        let isNew = state.withLock { state in
            defer { state.isHolder = true }
            return !state.isHolder
        }
        if isNew { logger.info("holds the lease of the signer") }
    }

    private func leave() {
        forgetContinuation()
        state.withLock { $0.isHolder = false }
        logger.notice("another process signs the trail")
    }

    /// Signs whenever it is due, and renews the lease; ends by an error.
    private func hold(_ reading: StreamReading) async throws {
        var clock = SigningClock(settings: settings)
        var renewAt = ContinuousClock.now + leaseDuration / 4
        var pruneAt = ContinuousClock.now
        while true {
            try Task.checkCancellation()
            if ContinuousClock.now >= renewAt {
                switch try await takeLease() {
                case .heldByAnother: throw LeaseLost()
                // It ran out, or Redis was emptied: what is known may be wrong.
                case .taken: begin()
                case .renewed: break
                }
                renewAt = .now + leaseDuration / 4
            }
            if ContinuousClock.now >= pruneAt {
                _ = try await store.pruneWriters(olderThan: Self.writerMemory)
                pruneAt = .now + .seconds(3600)
            }
            let info = try await reading.info(store.eventsKey)
            let base = try await continuation(reading)
            let pending = base.pending(info)
            settle()
            let untilRenewal = max(.milliseconds(1), ContinuousClock.now.duration(to: renewAt))
            let isDue = base.returning != nil || (base.isUrgent && pending > 0)
            switch isDue ? .sign : clock.next(pending: pending, at: .now) {
            case .sign:
                if try await sign(reading, token: token) == nil {
                    try await reading.wait(store.eventsKey, after: info.lastID, atMost: untilRenewal)
                }
                clock.signed(at: .now)
            case .awaitEvents: try await reading.wait(store.eventsKey, after: info.lastID, atMost: untilRenewal)
            case .sleep(let time): try await Task.sleep(for: min(time, untilRenewal))
            }
        }
    }

    private func report(_ error: any Error) {
        forgetContinuation()
        let trouble = (error as? CacheError)?.code.rawValue ?? (error as? RedisError)?.code.rawValue ?? "\(type(of: error))"
        let isNew = state.withLock { state in
            defer { state.trouble = trouble }
            return state.trouble == nil
        }
        if isNew { logger.warning("the trail cannot be signed at the moment", metadata: ["reason": "\(error)"]) }
    }

    /// Everything works.
    private func settle() {
        let wasTrouble = state.withLock { state in
            defer { state.trouble = nil }
            return state.trouble != nil
        }
        if wasTrouble { logger.notice("the trail can be signed again") }
    }
}
