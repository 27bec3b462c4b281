@testable import Hiredis
import NIOCore
import NIOPosix
import Testing

@Suite struct ClientStateMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(10_000_000_000)
    private let refused = RedisError(.unreachable, .notSent, "refused")

    @Test func `lets commands wait until the first attempt succeeds`() async throws {
        var machine = ClientStateMachine()
        #expect(machine.route.name == "wait")
        #expect(machine.status.name == "connecting")
        machine.connected(try await connection(), info: RedisServerInfo())
        #expect(machine.route.name == "use")
        #expect(machine.status.isReady)
    }

    @Test func `fails commands at once when attempts keep failing, and says why`() {
        var machine = ClientStateMachine()
        for _ in 0..<5 {
            #expect(machine.route.name == "wait")
            machine.attemptFailed(refused, started: start, now: start)
            #expect(machine.status.name == "away")
        }
        guard case .fail(let error) = machine.route else { return #expect(Bool(false), "commands still wait") }
        #expect(error.code == .circuitOpen)
        #expect(error.outcome == .notSent)
        #expect((error.underlying as? RedisError)?.code == .unreachable)
    }

    @Test(arguments: ["WRONGPASS", "NOAUTH", "NOPERM"])
    func `fails commands at once with wrong credentials`(text: String) {
        var machine = ClientStateMachine()
        machine.attemptFailed(RedisError(RedisServerError(text)), started: start, now: start)
        guard case .fail(let error) = machine.route else { return #expect(Bool(false), "commands still wait") }
        #expect(error.code == .server)
        #expect(error.server?.code == text)
        #expect(error.outcome == .notSent)
    }

    @Test func `a server that loads is away, not refusing`() {
        var machine = ClientStateMachine()
        for _ in 0..<5 { machine.attemptFailed(RedisError(RedisServerError("LOADING")), started: start, now: start) }
        guard case .fail(let error) = machine.route else { return #expect(Bool(false), "commands still wait") }
        #expect(error.code == .circuitOpen)
        #expect((error.underlying as? RedisError)?.server?.kind == .loading)
    }

    @Test func `a connection that ends lets commands wait, one that fell silent counts as a failure`() async throws {
        var machine = ClientStateMachine()
        machine.connected(try await connection(), info: RedisServerInfo())
        machine.disconnected(RedisError(.connectionClosed, .unknown, ""), silentSince: nil, now: start)
        #expect(machine.route.name == "wait")
        #expect(machine.circuit.failures == 0)
        machine.disconnected(RedisError(.deadlineExceeded, .unknown, ""), silentSince: start, now: start + .seconds(1))
        #expect(machine.circuit.failures == 1)
        machine.attemptFailed(refused, started: start + .seconds(1), now: start + .seconds(1))
        #expect(machine.route.name == "fail")
        machine.connected(try await connection(), info: RedisServerInfo())
        #expect(machine.circuit.failures == 0)
        #expect(machine.lastError == nil)
    }

    @Test func `is shut down for good`() async throws {
        var machine = ClientStateMachine()
        machine.shutDown()
        machine.connected(try await connection(), info: RedisServerInfo())
        machine.attemptFailed(refused, started: start, now: start)
        machine.disconnected(refused, silentSince: start, now: start)
        #expect(machine.status.name == "shutDown")
        guard case .fail(let error) = machine.route else { return #expect(Bool(false), "commands still wait") }
        #expect(error.code == .shutDown)
        #expect(error.outcome == .notSent)
    }

    @Test func `shows the newest settings of the server`() async throws {
        var machine = ClientStateMachine()
        machine.connected(try await connection(), info: RedisServerInfo())
        var info = RedisServerInfo()
        info.version = "7.2.0"
        machine.refreshed(info)
        guard case .ready(let shown) = machine.status else { return #expect(Bool(false), "not ready") }
        #expect(shown == info)
    }

    /// A connection that nothing is sent over.
    private func connection() async throws -> RedisConnection {
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let connection = try await channel.eventLoop.submit { RedisConnection(channel: channel, configuration: RedisConfiguration()) }.get()
        try await channel.close()
        return connection
    }
}

extension ClientStateMachine.Route {
    fileprivate var name: String {
        switch self {
        case .use: "use"
        case .wait: "wait"
        case .fail: "fail"
        }
    }
}

extension RedisStatus {
    /// For comparisons.
    var name: String {
        switch self {
        case .connecting: "connecting"
        case .ready: "ready"
        case .away: "away"
        case .shutDown: "shutDown"
        }
    }
}
