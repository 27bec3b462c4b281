public import CoreMetrics
public import Logging
public import NIOCore
public import NIOPosix
import Synchronization

/// A Redis server as this process sees it: one connection that many tasks share, kept alive by ``run()``.
///
/// Commands of all callers are pipelined by themselves. A command issued while there is no connection waits for one until its own
/// deadline; when Redis has been failing for a while it fails at once. Every error says what happened to the command: not sent,
/// rejected, or unknown. Reads, and commands that never left, are repeated within the deadline; nothing else is.
///
/// Nothing starts before ``run()``; see ``withClient(_:logger:_:)`` for short programs.
public final class RedisClient: Sendable {
    struct State {
        var machine = ClientStateMachine()
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0
        var observers: [UInt64: AsyncStream<RedisStatus>.Continuation] = [:]
    }

    public let configuration: RedisConfiguration
    /// Runs tasks where the connection's I/O runs. Tasks that prefer it (`withTaskExecutorPreference`) get their replies without a switch
    /// between threads, which is most of the cost of a small command. They must not block.
    public let executor: any TaskExecutor
    let connector: RedisConnector
    private let commandTimeout: TimeAmount
    let logger: Logger
    let metrics: RedisMetrics
    let state = Mutex(State())

    /// - Parameters:
    ///   - configuration: address, credentials, time-outs and bounds.
    ///   - eventLoopGroup: where the connection's I/O runs.
    ///   - logger: for connects, losses and refusals; never sees credentials.
    ///   - metrics: for commands, their durations and the connection; the process' own unless given.
    public init(
        configuration: RedisConfiguration,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger = Logger(label: "usdcop.redis"),
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.configuration = configuration
        let eventLoop = eventLoopGroup.next()
        self.executor = EventLoopTaskExecutor(eventLoop)
        self.connector = RedisConnector(configuration: configuration, eventLoop: eventLoop)
        self.logger = logger
        self.metrics = RedisMetrics(metrics)
        self.commandTimeout = TimeAmount(configuration.commandTimeout)
    }

    /// What is known about the connection now; costs no round trip.
    public var status: RedisStatus { state.withLock { $0.machine.status } }

    /// Sends one command and waits for its reply.
    ///
    /// - Parameters:
    ///   - command: what to send.
    ///   - timeout: time for everything, waiting and repetitions included; the configuration's command time-out if `nil`.
    /// - Returns: the reply; error replies are thrown.
    /// - Throws: ``RedisError``.
    public func send(_ command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RedisReply {
        let now = NIODeadline.now()
        let deadline = now + (timeout.map { TimeAmount($0) } ?? commandTimeout) + command.blocking
        return try await send(command, deadline: deadline, now: now)
    }

    func send(
        _ command: RedisCommand, deadline: NIODeadline, now: NIODeadline = .now()
    ) async throws(RedisError) -> RedisReply {
        do {
            let reply = try await reply(to: command, deadline: deadline, now: now)
            metrics.ended(command.label, began: now, outcome: nil)
            return reply
        } catch {
            metrics.ended(command.label, began: now, outcome: error.outcome)
            throw error
        }
    }

    private func reply(
        to command: RedisCommand, deadline: NIODeadline, now: NIODeadline
    ) async throws(RedisError) -> RedisReply {
        var attempt = 0
        while true {
            let failure: RedisError
            switch state.withLock({ $0.machine.route }) {
            case .use(let connection):
                do {
                    let reply = try await connection.reply(to: command, deadline: deadline, now: attempt == 0 ? now : .now())
                    guard case .error(let error) = reply else { return reply }
                    failure = RedisError(error)
                } catch {
                    failure = error
                }
            case .wait:
                try await waitForConnection(until: deadline)
                continue
            case .fail(let error):
                throw error
            }
            attempt += 1
            guard Retry.isAllowed(failure, access: command.access) else { throw failure }
            try await pause(afterAttempt: attempt, until: deadline, failure: failure)
        }
    }

    private func pause(afterAttempt attempt: Int, until deadline: NIODeadline, failure: RedisError) async throws(RedisError) {
        let pause = Backoff.pause(afterFailures: attempt, draw: .random(in: 0...1))
        guard pause < deadline.remaining else { throw failure }
        do {
            try await Task.sleep(for: pause)
        } catch {
            throw RedisError(.cancelled, failure.outcome, "The task was cancelled before Redis accepted the command.")
        }
    }

    /// Opens a connection of the caller's own for blocking commands and bulk reads, so that they never stand in front of a small
    /// command, and closes it when `body` ends.
    ///
    /// - Throws: ``RedisError`` when no connection can be made, and what `body` throws.
    public func withDedicatedConnection<Value>(
        _ body: (RedisConnection) async throws -> Value
    ) async throws -> Value {
        let (connection, _) = try await connector.connect()
        defer { connection.close(RedisError(.shutDown, .unknown, "The connection was closed by its owner.")) }
        return try await body(connection)
    }
}
