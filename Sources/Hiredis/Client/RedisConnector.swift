import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Makes connections that are logged in and ready: address, TCP or Unix socket, TLS, AUTH, SELECT, CLIENT SETNAME, INFO.
struct RedisConnector: Sendable {
    let configuration: RedisConfiguration
    let eventLoop: any EventLoop

    /// One attempt, within the configured connect time-out.
    func connect() async throws(RedisError) -> (connection: RedisConnection, info: RedisServerInfo) {
        let deadline = NIODeadline.now() + TimeAmount(configuration.connectTimeout)
        let connection = try await open(deadline: deadline)
        do {
            try await logIn(connection, deadline: deadline)
            return (connection, try await serverInfo(of: connection, deadline: deadline))
        } catch {
            connection.close(error)
            // The command of whoever waits for the connection did not leave.
            throw error.outcome == .unknown ? error.with(outcome: .notSent) : error
        }
    }

    /// The connections of one attempt: a host can have several addresses, each is tried on a channel of its own, one wins.
    private final class Candidates: Sendable {
        private let connections = Mutex<[ObjectIdentifier: RedisConnection]>([:])

        func add(_ connection: RedisConnection) {
            connections.withLock { $0[ObjectIdentifier(connection.channel)] = connection }
        }

        func connection(on channel: any Channel) -> RedisConnection? {
            connections.withLock { $0[ObjectIdentifier(channel)] }
        }
    }

    private func open(deadline: NIODeadline) async throws(RedisError) -> RedisConnection {
        do {
            let endpoint = try await configuration.resolver?() ?? configuration.endpoint
            let candidates = Candidates()
            let bootstrap = ClientBootstrap(group: eventLoop)
                .connectTimeout(max(.milliseconds(1), deadline - .now()))
                .channelOption(.socketOption(.so_keepalive), value: endpoint.isTCP ? 1 : 0)
                .channelOption(.writeBufferWaterMark, value: .init(low: 1 << 20, high: 4 << 20))
                .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 4096, initial: 16384, maximum: 1 << 18))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { candidates.add(try self.assemble(channel, endpoint)) }
                }
            let channel =
                switch endpoint {
                case .tcp(let host, let port): try await bootstrap.connect(host: host, port: port).get()
                case .unixSocket(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
                }
            guard let connection = candidates.connection(on: channel) else { throw ChannelError.ioOnClosedChannel }
            return connection
        } catch let error as RedisError {
            throw error
        } catch {
            throw RedisError(.unreachable, .notSent, "No connection to Redis could be made; nothing was sent.", underlying: error)
        }
    }

    private func assemble(_ channel: any Channel, _ endpoint: RedisEndpoint) throws -> RedisConnection {
        guard let codec = HiredisCodec(limits: configuration.limits) else {
            throw RedisError(.overloaded, .notSent, "There was no memory for another Redis connection.")
        }
        if let tls = configuration.tls {
            try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls.context, serverHostname: endpoint.nameForTLS))
        }
        let connection = RedisConnection(channel: channel, configuration: configuration)
        try channel.pipeline.syncOperations.addHandler(RedisChannelHandler(connection: connection, codec: codec))
        return connection
    }

    private func logIn(_ connection: RedisConnection, deadline: NIODeadline) async throws(RedisError) {
        if let password = configuration.password {
            let user = configuration.user.map { [RedisArgument.text($0)] } ?? []
            do throws(RedisError) {
                try await expectOK(connection, RedisCommand("AUTH", user + [.text(password)]), deadline)
            } catch {
                throw error.withoutServerText()
            }
        }
        if let name = configuration.clientName {
            try await expectOK(connection, RedisCommand("CLIENT", ["SETNAME", .text(name)]), deadline)
        }
        if configuration.database != 0 {
            try await expectOK(connection, RedisCommand("SELECT", [.integer(configuration.database)]), deadline)
        }
    }

    private func expectOK(_ connection: RedisConnection, _ command: RedisCommand, _ deadline: NIODeadline) async throws(RedisError) {
        if case .error(let error) = try await connection.reply(to: command, deadline: deadline) { throw RedisError(error) }
    }

    /// Reads role, persistence and eviction. A user without INFO still gets a connection; a server that is loading does not.
    func serverInfo(of connection: RedisConnection, deadline: NIODeadline) async throws(RedisError) -> RedisServerInfo {
        let settings = RedisCommand("CONFIG", ["GET", "appendfsync"], access: .read)
        let save = RedisCommand("CONFIG", ["GET", "save"], access: .read)
        let ping = try await connection.reply(to: RedisCommand("PING", access: .read), deadline: deadline)
        switch ping {
        case .status("PONG"): break
        // Redis refuses even PING while its snapshots fail, but it still serves reads.
        case .error(let error) where error.kind == .noPermission || error.kind == .misconfigured: break
        case .error(let error): throw RedisError(error)
        // Something that is not Redis, or a connection that the kernel made with itself while nobody listened.
        default: throw .unexpected
        }
        let info = try await connection.reply(to: RedisCommand("INFO", access: .read), deadline: deadline)
        let answers = [
            try await connection.reply(to: settings, deadline: deadline), try await connection.reply(to: save, deadline: deadline),
        ]
        return RedisServerInfo(info: info.text ?? "", settings: Self.settings(answers))
    }

    private static func settings(_ answers: [RedisReply]) -> [String: String]? {
        var settings: [String: String] = [:]
        for answer in answers {
            guard let pair = answer.array, pair.count == 2, let name = pair[0].text, let value = pair[1].text else { return nil }
            settings[name] = value
        }
        return settings
    }
}

extension RedisEndpoint {
    fileprivate var isTCP: Bool {
        if case .tcp = self { true } else { false }
    }

    /// The name that the server's certificate must carry; SNI does not take addresses.
    fileprivate var nameForTLS: String? {
        guard case .tcp(let host, _) = self, (try? SocketAddress(ipAddress: host, port: 0)) == nil else { return nil }
        return host
    }
}
