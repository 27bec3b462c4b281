import NIOCore
import NIOEmbedded
import NIOSSL
import RedisTesting
import Testing

@testable import DashboardServer

@Suite struct ConnectionRegisterTests {
    private let log = RecordedLog()

    private func register(_ maximum: Int, proxies: [String] = []) throws -> ConnectionRegister {
        ConnectionRegister(maximum: maximum, proxies: try proxies.map { try #require(AddressRange($0)) }, logger: log.logger)
    }

    private static func connection(_ address: String) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: address, port: 4711)).wait()
        return channel
    }

    @Test func `one network never has more than half, whatever it keeps busy, and others find room`() throws {
        let register = try register(4)
        let own = try ["192.0.2.1", "192.0.2.1"].map(Self.connection)
        for channel in own { register.admit(channel).entry.markBusy() }
        #expect(try register.admit(Self.connection("192.0.2.1")).admission == .refused)
        #expect(try register.admit(Self.connection("192.0.2.2")).admission == .admitted)
        #expect(register.count == 3)
        // When one of them ends there is room for another.
        try own[0].close().wait()
        own[0].embeddedEventLoop.run()
        #expect(try register.admit(Self.connection("192.0.2.1")).admission == .admitted)
    }

    @Test func `a network makes room for itself with the connection that it has not used for longest`() throws {
        let register = try register(4)
        let other = try Self.connection("2001:db8:1::1")
        #expect(register.admit(other).admission == .admitted)
        let own = try ["2001:db8::1", "2001:db8::2"].map(Self.connection)
        for channel in own { #expect(register.admit(channel).admission == .admitted) }
        #expect(try register.admit(Self.connection("2001:db8::3")).admission == .admitted)
        own[0].embeddedEventLoop.run()
        #expect(!own[0].isActive)
        #expect(own[1].isActive && other.isActive)
        #expect(register.count == 3)
    }

    @Test(arguments: ["127.0.0.1", "::1", "198.51.100.7"])
    func `this machine and a trusted proxy may have all`(address: String) throws {
        let register = try register(4, proxies: ["198.51.100.0/24"])
        for _ in 0..<4 {
            let (entry, admission) = register.admit(try Self.connection(address))
            #expect(admission == .admitted)
            entry.markBusy()
        }
        #expect(try register.admit(Self.connection(address)).admission == .refused)
    }

    /// A connection of a client that shook hands by TLS, and says nothing more.
    private func secured() throws -> EmbeddedChannel {
        let certificates = try ThrowawayCertificates(for: "DNS:localhost")
        let files = CertificateFiles(certificate: certificates.certificate, key: certificates.key)
        let (server, client) = (try Self.connection("192.0.2.1"), try Self.connection("192.0.2.2"))
        var trust = TLSConfiguration.makeClientConfiguration()
        trust.trustRoots = .file(certificates.authority)
        let tls = try NIOSSLClientHandler(context: NIOSSLContext(configuration: trust), serverHostname: "localhost")
        try server.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: CertificateStore(files, logger: log.logger).current))
        try client.pipeline.syncOperations.addHandler(tls)
        var isTalking = true
        while isTalking {
            isTalking = false
            while let bytes = try client.readOutbound(as: ByteBuffer.self) { (_, isTalking) = (try server.writeInbound(bytes), true) }
            while let bytes = try server.readOutbound(as: ByteBuffer.self) { (_, isTalking) = (try client.writeInbound(bytes), true) }
        }
        try #require(tls.tlsVersion != nil)
        return server
    }

    @Test func `under TLS a connection makes room without waiting for its client's farewell`() throws {
        let register = try register(1)
        let server = try secured()
        #expect(register.admit(server).admission == .admitted)
        #expect(try register.admit(Self.connection("192.0.2.3")).admission == .admitted)
        server.embeddedEventLoop.run()
        #expect(!server.isActive)
    }

    @Test func `otherwise the farewell is waited for, and not for long`() throws {
        let server = try secured()
        server.close(promise: nil)
        server.embeddedEventLoop.run()
        #expect(server.isActive)
        server.embeddedEventLoop.advanceTime(by: ConnectionLimits.linger)
        #expect(!server.isActive)
    }

    /// Puts the guard that refuses into a connection.
    private func refuse(_ channel: EmbeddedChannel, _ admission: ConnectionRegister.Admission) throws {
        let state = ConnectionState(channel, ConnectionLimits(), entry: try register(1).admit(channel).entry, isTLS: false)
        try channel.pipeline.syncOperations.addHandler(ByteGuard(state, admission, refusal: ByteBuffer(string: "no room")))
    }

    @Test func `who is refused is told, and in a flood not waited for`() throws {
        let few = try Self.connection("192.0.2.1")
        try refuse(few, .refused)
        #expect(try few.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "no room"))
        let many = try Self.connection("192.0.2.1")
        try refuse(many, .refusedAtOnce)
        #expect(try many.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "no room"))
        many.embeddedEventLoop.run()
        #expect(!many.isActive)
        let secured = try secured()
        try refuse(secured, .refusedAtOnce)
        secured.embeddedEventLoop.run()
        #expect(!secured.isActive)
    }

    @Test func `of a flood of refused connections the most close at once, so that others still find the door`() throws {
        let register = try register(2)
        register.admit(try Self.connection("192.0.2.1")).entry.markBusy()
        let flood = try (0..<ConnectionRegister.maximumLeaving).map { _ in try Self.connection("192.0.2.1") }
        for channel in flood { #expect(register.admit(channel).admission == .refused) }
        for _ in 0..<5 {
            let next = try Self.connection("192.0.2.1")
            #expect(register.admit(next).admission == .refusedAtOnce)
            try next.close().wait()
            next.embeddedEventLoop.run()
        }
        try flood[0].close().wait()
        flood[0].embeddedEventLoop.run()
        #expect(try register.admit(Self.connection("192.0.2.1")).admission == .refused)
    }

    @Test func `that connections are refused is told once a minute, and counted`() throws {
        let register = try register(2)
        register.admit(try Self.connection("192.0.2.1")).entry.markBusy()
        for _ in 0..<5 { #expect(try register.admit(Self.connection("192.0.2.1")).admission == .refused) }
        #expect(log.messages.count == 1)
        #expect(log.records.first?.metadata["client"] == "192.0.2.1")
        let refused = register.metricFamilies.first { $0.name == "usdcop_http_connections_refused_total" }
        #expect(refused?.points.first?.value == .number(5))
    }
}
