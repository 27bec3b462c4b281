import NIOCore

/// Between the channel and its connection: bytes in, whole replies out.
///
/// Every method runs on the channel's event loop.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: RedisConnection
    private let codec: HiredisCodec
    private var replies: [RedisReply] = []

    init(connection: RedisConnection, codec: HiredisCodec) {
        self.connection = connection
        self.codec = codec
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        do {
            try buffer.withUnsafeReadableBytes { bytes throws(RedisError) in try codec.feed(bytes, into: &replies) }
        } catch {
            deliver()
            connection.close(error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        deliver()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { connection.flush() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deliver()
        connection.close(RedisError(.connectionClosed, .unknown, "The connection to Redis ended before the answer."))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.close(RedisError(.connectionClosed, .unknown, "The connection to Redis failed before the answer.", underlying: error))
    }

    private func deliver() {
        guard !replies.isEmpty else { return }
        connection.receive(replies)
        replies.removeAll(keepingCapacity: true)
    }
}
