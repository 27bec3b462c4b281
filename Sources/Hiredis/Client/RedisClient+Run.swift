public import Logging
import NIOCore
public import ServiceLifecycle
import Synchronization

extension RedisClient: Service {
    /// Keeps the connection: connects, reads the server's settings every 10 seconds, reconnects with jitter when it is lost.
    ///
    /// Returns after a graceful shutdown or a cancellation, when what was under way is answered or its time is over.
    public func run() async {
        await cancelWhenGracefulShutdown {
            var shortLived = 0
            while !Task.isCancelled {
                let started = NIODeadline.now()
                do throws(RedisError) {
                    let (connection, info) = try await self.connector.connect()
                    let connected = NIODeadline.now()
                    await self.serve(connection, info)
                    // A server that takes the log-in and hangs up again must not be asked in a tight loop.
                    shortLived = NIODeadline.now() - connected < .seconds(1) ? shortLived + 1 : 0
                    if shortLived > 0 { await self.pause(afterFailures: shortLived) }
                } catch {
                    guard !Task.isCancelled else { break }
                    self.failed(error, started: started)
                    let failures = self.state.withLock { $0.machine.circuit.failures }
                    await self.pause(afterFailures: failures)
                }
            }
        }
        // Observers were told already when the end of a connection was waited for.
        if !state.withLock({ $0.machine.isShutDown }) { transition { $0.shutDown() } }
        let observers = state.withLock { state in
            defer { state.observers.removeAll() }
            return Array(state.observers.values)
        }
        for observer in observers { observer.finish() }
    }

    private func pause(afterFailures failures: Int) async {
        try? await Task.sleep(for: Backoff.pause(afterFailures: failures, draw: .random(in: 0...1)))
    }

    private func serve(_ connection: RedisConnection, _ info: RedisServerInfo) async {
        transition { $0.connected(connection, info: info) }
        metrics.connected()
        logger.info(
            "connected to Redis",
            metadata: ["version": "\(info.version ?? "unknown")", "role": "\(info.role)", "durability": "\(info.durability.rawValue)"]
        )
        for warning in info.warnings { logger.warning("\(warning.sentence)", metadata: ["code": "\(warning.rawValue)"]) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.refreshInfo(of: connection) }
            await withTaskCancellationHandler {
                // Waits for the end of the connection even when cancelled: the drain below brings it about.
                try? await connection.channel.closeFuture.get()
            } onCancel: {
                transition { $0.shutDown() }
                connection.drain(within: configuration.commandTimeout)
            }
            group.cancelAll()
        }
        lost(connection)
    }

    private func lost(_ connection: RedisConnection) {
        let reason = connection.closeReason ?? RedisError(.connectionClosed, .unknown, "The connection to Redis ended.")
        guard !Task.isCancelled else { return }
        metrics.lost()
        let silent = reason.code == .deadlineExceeded ? NIODeadline.now() - TimeAmount(configuration.stallTimeout) : nil
        transition { $0.disconnected(reason, silentSince: silent, now: .now()) }
        logger.warning(
            "lost the connection to Redis", metadata: ["reason": "\(reason.code.rawValue)", "cause": "\(reason.cause ?? "unknown")"])
    }

    private func failed(_ error: RedisError, started: NIODeadline) {
        metrics.failed()
        let wasOpen = state.withLock { $0.machine.circuit.isOpen }
        transition { $0.attemptFailed(error, started: started, now: .now()) }
        // One line for each outage, not one for each attempt.
        guard !wasOpen, state.withLock({ $0.machine.circuit.isOpen }) else { return }
        logger.warning(
            "Redis is away; commands fail at once until it is back",
            metadata: [
                "reason": "\(error.code.rawValue)", "cause": "\(error.cause ?? "unknown")", "answer": "\(error.server?.code ?? "none")",
            ]
        )
    }

    private func refreshInfo(of connection: RedisConnection) async {
        while (try? await Task.sleep(for: .seconds(10))) != nil, connection.channel.isActive {
            let deadline = NIODeadline.now() + TimeAmount(configuration.commandTimeout)
            guard let info = try? await connector.serverInfo(of: connection, deadline: deadline) else { continue }
            transition { $0.refreshed(info) }
        }
    }

    /// Runs a client for the length of `body`: for commands and tests that need no service group.
    public static func withClient<Value: Sendable>(
        _ configuration: RedisConfiguration,
        logger: Logger = Logger(label: "usdcop.redis"),
        _ body: @Sendable (RedisClient) async throws -> Value
    ) async throws -> Value {
        let client = RedisClient(configuration: configuration, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            defer { group.cancelAll() }
            return try await body(client)
        }
    }
}
