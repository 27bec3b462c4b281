import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy in front of a server that can break what passes through it.
public final class CuttingProxy: Sendable {
    /// Which way bytes go.
    public enum Direction: Sendable {
        case request, reply
    }

    struct State {
        /// Bytes that may still pass in one direction before both sides are closed.
        var cut: (direction: Direction, remaining: Int)?
        var isBlackHole = false
        var connections = 0
        var cuts = 0
    }

    let state = Mutex(State())
    private let listener: Mutex<(any Channel)?> = Mutex(nil)

    /// Starts one in front of a port of the loopback interface.
    public static func start(inFrontOf upstream: Int) async throws -> CuttingProxy {
        let proxy = CuttingProxy()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { client in proxy.connect(client, to: upstream) }
            .bind(host: "127.0.0.1", port: 0).get()
        proxy.listener.withLock { $0 = channel }
        return proxy
    }

    private init() {}

    /// The port that it listens on.
    public var port: Int { listener.withLock { $0?.localAddress?.port ?? 0 } }

    /// Connections accepted so far.
    public var connections: Int { state.withLock { $0.connections } }

    /// Cuts made so far.
    public var cuts: Int { state.withLock { $0.cuts } }

    /// Lets `count` more bytes pass in this direction, exactly, and then closes both sides, once.
    ///
    /// With 0 the first byte that comes is the one that does not pass.
    public func cut(_ direction: Direction, after count: Int) {
        state.withLock { $0.cut = (direction, count) }
    }

    /// While set, bytes vanish in both directions and connections stay open; a connection that lost bytes loses all later ones too.
    public func setBlackHole(_ isOn: Bool) {
        state.withLock { $0.isBlackHole = isOn }
    }

    /// Stops listening.
    public func stop() async throws {
        let channel = listener.withLock { $0 }
        try await channel?.close()
    }

    private func connect(_ client: any Channel, to upstream: Int) -> EventLoopFuture<Void> {
        state.withLock { $0.connections += 1 }
        return ClientBootstrap(group: client.eventLoop).connect(host: "127.0.0.1", port: upstream).flatMap { server in
            client.eventLoop.makeCompletedFuture {
                let link = Link()
                try server.pipeline.syncOperations.addHandler(Relay(.reply, to: client, proxy: self, link))
                try client.pipeline.syncOperations.addHandler(Relay(.request, to: server, proxy: self, link))
            }
        }
    }

    /// What the two relays of one connection share, on one event loop.
    private final class Link {
        var isDead = false
    }

    private final class Relay: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let direction: Direction
        private let partner: any Channel
        private let proxy: CuttingProxy
        private let link: Link

        init(_ direction: Direction, to partner: any Channel, proxy: CuttingProxy, _ link: Link) {
            self.direction = direction
            self.partner = partner
            self.proxy = proxy
            self.link = link
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var buffer = unwrapInboundIn(data)
            let (passes, isCut) = proxy.pass(direction, buffer.readableBytes, link.isDead)
            guard passes > 0 || isCut else { return link.isDead = true }
            guard isCut else { return partner.writeAndFlush(buffer, promise: nil) }
            link.isDead = true
            let head = buffer.readSlice(length: passes) ?? ByteBuffer()
            let (channel, partner) = (context.channel, partner)
            partner.writeAndFlush(head).whenComplete { _ in
                partner.close(promise: nil)
                channel.close(promise: nil)
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            // The end of a connection is lost in a black hole, too.
            if !link.isDead || proxy.state.withLock({ !$0.isBlackHole }) { partner.close(promise: nil) }
            context.fireChannelInactive()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    /// How many of `count` bytes pass, and whether that is the cut. Nothing passes in a black hole.
    private func pass(_ direction: Direction, _ count: Int, _ isDead: Bool) -> (passes: Int, isCut: Bool) {
        state.withLock { state in
            guard !isDead, !state.isBlackHole else { return (0, false) }
            guard let cut = state.cut, cut.direction == direction else { return (count, false) }
            guard count >= cut.remaining else {
                state.cut?.remaining -= count
                return (count, false)
            }
            state.cut = nil
            state.cuts += 1
            return (cut.remaining, true)
        }
    }
}
