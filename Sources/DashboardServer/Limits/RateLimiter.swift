import DequeModule
import Hiredis
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Counts the requests of every client: shared by all processes while Redis answers, by this process alone while it does not.
///
/// Nobody waits for Redis but a client that has no lease yet; and of its requests one asks, the others wait for the same answer.
final class RateLimiter: Service, Sendable {
    private struct State {
        var accounts: [RateLimitClient: RateLimitAccount] = [:]
        /// The clients in the order in which they are looked at when one has to be forgotten.
        var ring: Deque<RateLimitClient> = []
        var waiters: [RateLimitClient: [CheckedContinuation<Void, Never>]] = [:]
        var isRunning = false
        var isAway = false
        /// When it is looked next whether Redis is back.
        var nextProbe = 0
    }

    private typealias Question = (client: RateLimitClient, order: RateLimitAccount.Order)

    /// Clients of which something is remembered; whoever was not seen for longest is forgotten first.
    static let maximumClients = 10_000
    /// How often it is looked whether Redis is back.
    private static let probeSpacing = 1_000_000
    /// How often a request may wait for a lease that others took before it.
    private static let maximumWaits = 16

    let limit: RateLimit
    /// What `RateLimit-Policy` says.
    let policy: String
    private let shared: SharedRateLimit?
    private let logger: Logger
    private let clock: @Sendable () -> Int
    private let state = Mutex(State())
    private let questions: AsyncStream<Question>
    private let asking: AsyncStream<Question>.Continuation

    /// - Parameters:
    ///   - shared: nil for a process that shares nothing.
    ///   - clock: microseconds of a clock that does not jump.
    init(
        _ limit: RateLimit, shared: SharedRateLimit?, logger: Logger,
        clock: @escaping @Sendable () -> Int = { Int(NIODeadline.now().uptimeNanoseconds / 1000) }
    ) {
        self.limit = limit
        policy = limit.policy
        self.shared = shared
        self.logger = logger
        self.clock = clock
        // At most one of each client is under way.
        (questions, asking) = AsyncStream.makeStream(of: Question.self)
    }

    /// Counts a request.
    func charge(_ client: RateLimitClient) async -> RateLimitStanding {
        for _ in 0..<Self.maximumWaits {
            let now = clock()
            switch state.withLock({ step(&$0, client, at: now) }) {
            case .settled(let standing, let order):
                if let order { asking.yield((client, order)) }
                return standing
            case .wait(let order):
                if let order { asking.yield((client, order)) }
                await answer(for: client)
            }
        }
        return .refused(wait: 0)
    }

    /// Asks Redis until the service ends.
    func run() async throws {
        state.withLock { $0.isRunning = true }
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await question in self.questions {
                    group.addTask { await self.ask(question) }
                }
            }
        }
        let waiting = state.withLock { state in
            state.isRunning = false
            defer { state.waiters = [:] }
            return Array(state.waiters.values.joined())
        }
        for waiter in waiting { waiter.resume() }
    }

    /// Clients of which something is remembered at the moment.
    var clientCount: Int { state.withLock { $0.accounts.count } }

    private func step(_ state: inout State, _ client: RateLimitClient, at now: Int) -> RateLimitAccount.Step {
        if state.accounts[client] == nil { Self.makeRoom(for: client, in: &state) }
        let limit = limit
        let isAlone = shared == nil || !state.isRunning || state.isAway
        let isProbing = state.isAway && state.isRunning && now >= state.nextProbe
        if isProbing { state.nextProbe = now + Self.probeSpacing }
        return Self.withAccount(client, limit, in: &state) { account in
            account.isRecent = true
            guard isAlone else { return account.step(limit, at: now) }
            let standing = account.stepAlone(limit, at: now)
            return .settled(standing, isProbing && !account.isAsking ? account.probe(limit, at: now) : nil)
        }
    }

    private static func withAccount<Value>(
        _ client: RateLimitClient, _ limit: RateLimit, in state: inout State, _ body: (inout RateLimitAccount) -> Value
    ) -> Value {
        body(&state.accounts[client, default: RateLimitAccount(limit)])
    }

    /// Second chance: of those that were not used since the last look, the oldest goes. What it held of a lease expires in Redis.
    private static func makeRoom(for client: RateLimitClient, in state: inout State) {
        while state.accounts.count >= maximumClients, let oldest = state.ring.popFirst() {
            if let account = state.accounts[oldest], account.isRecent {
                state.accounts[oldest]?.isRecent = false
                state.ring.append(oldest)
            } else {
                state.accounts[oldest] = nil
            }
        }
        state.ring.append(client)
    }

    /// Waits for the answer that is under way.
    private func answer(for client: RateLimitClient) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.isRunning, state.accounts[client]?.isAsking == true else { return true }
                state.waiters[client, default: []].append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func ask(_ question: Question) async {
        guard let shared else { return }
        do throws(RedisError) {
            settle(question, try await shared.ask(question.order, for: question.client, limit))
        } catch  where error.server?.kind == .wrongType || error.code == .unexpectedReply {
            // Redis is not away: somebody else wrote under this client's key.
            let waiting = state.withLock { state in
                state.accounts[question.client]?.takeFailure(aloneUntil: clock() + Self.probeSpacing)
                return state.waiters.removeValue(forKey: question.client) ?? []
            }
            for waiter in waiting { waiter.resume() }
        } catch {
            settle(question, nil)
        }
    }

    private func settle(_ question: Question, _ grant: RateLimitAccount.Grant?) {
        let now = clock()
        let (waiting, hasChanged) = state.withLock { state in
            if let grant {
                state.accounts[question.client]?.take(grant, for: question.order, at: now)
            } else {
                state.accounts[question.client]?.takeFailure()
                state.nextProbe = now + Self.probeSpacing
            }
            let hasChanged = state.isAway != (grant == nil)
            state.isAway = grant == nil
            return (state.waiters.removeValue(forKey: question.client) ?? [], hasChanged)
        }
        for waiter in waiting { waiter.resume() }
        guard hasChanged else { return }
        if grant == nil {
            logger.warning("requests are counted by this process alone: Redis does not answer")
        } else {
            logger.info("requests are counted together with the other processes again")
        }
    }
}
