import NIOCore
import NIOPosix

/// One TCP connection on which a test writes whatever bytes it wants.
struct RawConnection: ~Copyable {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received: [UInt8] = []

    /// Opens a connection for the length of `body`.
    static func open<Value: Sendable>(
        port: Int, _ body: (inout RawConnection) async throws -> Value
    ) async throws -> Value {
        try await lend(port: port) { connection in
            var connection = connection
            return try await body(&connection)
        }
    }

    /// Opens a connection for something that is built on it.
    ///
    /// - Parameters:
    ///   - receiveBuffer: bytes that the kernel takes for a client that does not read; as many as it likes unless given.
    ///   - isTorn: whether the connection ends as when its client crashed, by a reset.
    static func lend<Value: Sendable>(
        port: Int, receiveBuffer: Int? = nil, isTorn: Bool = false, _ body: (consuming RawConnection) async throws -> Value
    ) async throws -> Value {
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: SocketOptionValue(receiveBuffer))
        }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            }
        }
        if isTorn { try await (channel.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get() }
        return try await channel.executeThenClose { inbound, outbound in
            // Before the end says that nothing more is sent.
            defer { if isTorn { channel.channel.close(promise: nil) } }
            return try await body(RawConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound))
        }
    }

    private init(inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
        self.inbound = inbound
        self.outbound = outbound
    }

    /// For somebody who sends while somebody else receives.
    var sender: NIOAsyncChannelOutboundWriter<ByteBuffer> { outbound }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    /// Says that nothing more will be sent.
    func finishSending() { outbound.finish() }

    /// The next reply; nil when the connection ends before it.
    ///
    /// - Parameter pause: how long a client waits that takes what comes piece by piece.
    mutating func reply(isHead: Bool = false, pausing pause: Duration? = nil) async throws -> HTTPReply? {
        while true {
            if let reply = HTTPReply.take(from: &received, isHead: isHead) { return reply }
            if let pause { try await Task.sleep(for: pause) }
            guard try await receive() else { return nil }
        }
    }

    /// Waits for the first bytes of an answer.
    mutating func receiveSome() async throws { _ = try await receive() }

    /// The next bytes that came and were not taken; nil at the end.
    mutating func take() async throws -> [UInt8]? {
        if received.isEmpty { guard try await receive() else { return nil } }
        defer { received = [] }
        return received
    }

    /// Takes everything that comes until the connection ends.
    mutating func drain() async throws {
        while (try? await receive()) == true { received.removeAll() }
    }

    /// Whether the server ends the connection without another byte.
    mutating func isEnded() async -> Bool {
        guard received.isEmpty else { return false }
        return ((try? await receive()) ?? false) == false
    }

    private mutating func receive() async throws -> Bool {
        guard let buffer = try await inbound.next() else { return false }
        received += Array(buffer: buffer)
        return true
    }
}
