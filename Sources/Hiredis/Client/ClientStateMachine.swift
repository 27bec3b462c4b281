import NIOCore

/// Decides what a client does with a command, and what an attempt to connect means. Pure: no network, no clock.
struct ClientStateMachine {
    /// What to do with a command.
    enum Route {
        case use(RedisConnection)
        case wait
        case fail(RedisError)
    }

    private enum Phase {
        case disconnected
        case connected(RedisConnection)
        case shutDown
    }

    private var phase = Phase.disconnected
    private(set) var circuit = Circuit()
    private(set) var lastError: RedisError?
    private(set) var info: RedisServerInfo?

    var route: Route {
        switch phase {
        case .connected(let connection): .use(connection)
        case .disconnected where circuit.isOpen: .fail(openCircuitError)
        case .disconnected: .wait
        case .shutDown: .fail(RedisError(.shutDown, .notSent, "The Redis client is shut down; the command was not sent."))
        }
    }

    var status: RedisStatus {
        switch phase {
        case .connected: .ready(info ?? RedisServerInfo())
        case .disconnected: lastError.map(RedisStatus.away) ?? .connecting
        case .shutDown: .shutDown
        }
    }

    var isShutDown: Bool {
        if case .shutDown = phase { true } else { false }
    }

    mutating func connected(_ connection: RedisConnection, info: RedisServerInfo) {
        guard !isShutDown else { return }
        phase = .connected(connection)
        self.info = info
        circuit.succeeded()
        lastError = nil
    }

    mutating func refreshed(_ info: RedisServerInfo) {
        self.info = info
    }

    /// A connection ended by itself. A server that fell silent counts as a failure of its own; a plain end does not.
    mutating func disconnected(_ reason: RedisError, silentSince: NIODeadline?, now: NIODeadline) {
        guard !isShutDown else { return }
        phase = .disconnected
        lastError = reason
        if let silentSince { circuit.failed(started: silentSince, now: now) }
    }

    /// An attempt failed.
    mutating func attemptFailed(_ error: RedisError, started: NIODeadline, now: NIODeadline) {
        guard !isShutDown else { return }
        lastError = error
        switch error.server?.kind {
        case .authentication?, .noPermission?: circuit.open()
        default: circuit.failed(started: started, now: now)
        }
    }

    mutating func shutDown() {
        phase = .shutDown
    }

    /// Wrong credentials and the like are passed on as they are; waiting for them would be pointless.
    private var openCircuitError: RedisError {
        guard let lastError, case .server? = Optional(lastError.code), lastError.server?.kind != .loading else {
            return RedisError(
                .circuitOpen, .notSent, "Redis has not been reachable for a while; the command was not sent.", underlying: lastError
            )
        }
        return lastError.with(outcome: .notSent)
    }
}
