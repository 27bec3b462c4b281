import DequeModule
import HTTPTypes
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
        var accounts: [CountedClient: RateLimitAccount] = [:]
        /// The clients in the order in which they are looked at when one has to be forgotten.
        var ring: Deque<CountedClient> = []
        /// Requests that wait for an answer from Redis, in the order in which they came.
        var waiters: [CountedClient: Deque<Waiter>] = [:]
        var isRunning = false
        var isAway = false
        /// When it is looked next whether Redis is back.
        var nextProbe = 0
    }

    private typealias Waiter = CheckedContinuation<RateLimitStanding, Never>
    private typealias Question = (client: CountedClient, order: RateLimitAccount.Order)

    /// Clients of which something is remembered; whoever was not seen for longest is forgotten first.
    static let maximumClients = 10_000
    /// How often it is looked whether Redis is back.
    private static let probeSpacing = 1_000_000

    let limit: RateLimit
    /// `RateLimit-Policy`.
    let policy: HTTPField
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
        policy = HTTPField(name: .rateLimitPolicy, value: limit.policy)
        self.shared = shared
        self.logger = logger
        self.clock = clock
        // At most one of each client is under way.
        (questions, asking) = AsyncStream.makeStream(of: Question.self)
    }

    /// Counts a request without waiting: most have a lease.
    ///
    /// - Returns: nil when Redis has to be waited for, by ``charge(_:)``.
    func chargeAtOnce(_ client: CountedClient) -> RateLimitStanding? {
        let now = clock()
        return ask({ step(&$0, client, at: now) }, for: client)
    }

    /// Counts a request.
    func charge(_ client: CountedClient) async -> RateLimitStanding {
        if let standing = chargeAtOnce(client) { return standing }
        let now = clock()
        return await withCheckedContinuation { waiter in
            // The answer may have come meanwhile.
            let standing = ask(
                { state in
                    let step = step(&state, client, at: now)
                    if case .wait = step { state.waiters[client, default: []].append(waiter) }
                    return step
                }, for: client)
            if let standing { waiter.resume(returning: standing) }
        }
    }

    /// Takes a step and asks what it says.
    ///
    /// - Returns: nil when it has to be waited for.
    private func ask(_ step: (inout State) -> RateLimitAccount.Step, for client: CountedClient) -> RateLimitStanding? {
        switch state.withLock({ step(&$0) }) {
        case .settled(let standing, let order):
            if let order { asking.yield((client, order)) }
            return standing
        case .wait(let order):
            if let order { asking.yield((client, order)) }
            return nil
        }
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
        let clients = state.withLock { state in
            state.isRunning = false
            return Array(state.waiters.keys)
        }
        for client in clients { settle(client) { _, _ in [] } }
    }

    /// Whether Redis is asked.
    var isRunning: Bool { state.withLock { $0.isRunning } }

    /// Clients of which something is remembered at the moment.
    var clientCount: Int { state.withLock { $0.accounts.count } }

    private func step(_ state: inout State, _ client: CountedClient, at now: Int, waiting: Int = 1) -> RateLimitAccount.Step {
        if state.accounts[client] == nil { Self.makeRoom(for: client, in: &state) }
        let limit = limit
        let isAlone = shared == nil || !state.isRunning || state.isAway
        let isProbing = state.isAway && state.isRunning && now >= state.nextProbe
        if isProbing { state.nextProbe = now + Self.probeSpacing }
        return Self.withAccount(client, limit, in: &state) { account in
            account.isRecent = true
            guard isAlone else { return account.step(limit, at: now, waiting: waiting) }
            let standing = account.stepAlone(limit, at: now)
            return .settled(standing, isProbing && !account.isAsking ? account.probe(limit, at: now) : nil)
        }
    }

    private static func withAccount<Value>(
        _ client: CountedClient, _ limit: RateLimit, in state: inout State, _ body: (inout RateLimitAccount) -> Value
    ) -> Value {
        body(&state.accounts[client, default: RateLimitAccount(limit)])
    }

    /// Second chance: of those that were not used since the last look, the oldest goes. What it held of a lease expires in Redis.
    private static func makeRoom(for client: CountedClient, in state: inout State) {
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

    private func ask(_ question: Question) async {
        guard let shared else { return }
        let client = question.client
        do throws(RedisError) {
            let grant = try await shared.ask(question.order, for: client, limit)
            settle(client) { state, now in
                state.accounts[client]?.take(grant, for: question.order, limit, at: now)
                return Self.came(back: &state)
            }
        } catch  where error.server?.kind == .wrongType || error.code == .unexpectedReply {
            // Redis is not away: somebody else wrote under this client's key.
            settle(client) { state, now in
                let isNew = state.accounts[client]?.takeForeignKey(aloneUntil: now + Self.probeSpacing) == true
                return Self.came(back: &state) + (isNew ? [.foreign(key: shared.key(of: client))] : [])
            }
        } catch  where Task.isCancelled {
            // The service ends, and with it whoever waits.
        } catch {
            settle(client) { state, now in
                state.accounts[client]?.takeFailure()
                state.nextProbe = now + Self.probeSpacing
                defer { state.isAway = true }
                return state.isAway ? [] : [.isAway(error)]
            }
        }
    }

    /// What the log is told.
    private enum News {
        case isAway(RedisError)
        case isBack
        case foreign(key: String)
    }

    private static func came(back state: inout State) -> [News] {
        defer { state.isAway = false }
        return state.isAway ? [.isBack] : []
    }

    private func tell(_ news: News) {
        switch news {
        case .isAway(let error):
            logger.warning(
                "requests are counted by this process alone: Redis cannot be asked",
                metadata: ["reason": "\(error.server?.code ?? error.code.rawValue)"])
        case .isBack: logger.info("requests are counted together with the other processes again")
        case .foreign(let key):
            logger.warning(
                "requests of a client are counted by this process alone: something else stands under its key", metadata: ["key": "\(key)"])
        }
    }

    /// Takes an answer, and lets everybody go on whom it is enough for; for the others it is asked again, once for all.
    private func settle(_ client: CountedClient, _ take: (inout State, _ now: Int) -> [News]) {
        let now = clock()
        let (settled, orders, news) = state.withLock { state in
            let news = take(&state, now)
            var (settled, orders): ([(Waiter, RateLimitStanding)], [RateLimitAccount.Order]) = ([], [])
            var waiters = state.waiters.removeValue(forKey: client) ?? []
            while let waiter = waiters.first {
                let step = step(&state, client, at: now, waiting: waiters.count)
                guard case .settled(let standing, let order) = step else {
                    if case .wait(let order?) = step { orders.append(order) }
                    state.waiters[client] = waiters
                    break
                }
                if let order { orders.append(order) }
                settled.append((waiter, standing))
                waiters.removeFirst()
            }
            return (settled, orders, news)
        }
        for order in orders { asking.yield((client, order)) }
        for (waiter, standing) in settled { waiter.resume(returning: standing) }
        for news in news { tell(news) }
    }
}
