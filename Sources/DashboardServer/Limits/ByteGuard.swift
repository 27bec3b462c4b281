import NIOCore
import NIOTLS

/// Watches the bytes of a connection: when they come, and whether the client takes what it asked for.
final class ByteGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let state: ConnectionState
    private let admission: ConnectionRegister.Admission
    /// What a connection is told that there is no room for.
    private let refusal: ByteBuffer

    init(_ state: ConnectionState, _ admission: ConnectionRegister.Admission, refusal: ByteBuffer) {
        (self.state, self.admission, self.refusal) = (state, admission, refusal)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { refuse(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        refuse(context)
        context.fireChannelActive()
    }

    private func refuse(_ context: ChannelHandlerContext) {
        guard admission != .admitted else { return }
        // Past the encoder: there is no request that this answers.
        if refusal.readableBytes > 0 { context.writeAndFlush(NIOAny(refusal), promise: nil) }
        let channel = context.channel
        guard admission == .refused else { return channel.closeAtOnce() }
        context.close(mode: .output, promise: nil)
        channel.eventLoop.scheduleTask(in: ConnectionLimits.linger) { channel.closeAtOnce() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Whoever was told that there is no room may try elsewhere: what he sent must not be done here, too.
        guard admission == .admitted else { return }
        state.willDecode(unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
        state.didDecode()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        state.writabilityChanged(context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { state.shookHands() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.ended()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { state.ended() }
}
