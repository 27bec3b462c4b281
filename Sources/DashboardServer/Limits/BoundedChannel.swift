import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOSSL

/// Sets a connection up: TLS if there is a certificate, then HTTP/1.1 with every bound that a network needs.
///
/// Hummingbird's own channel has no clock for the head of a request, none for a whole request and none for a client that takes nothing.
struct BoundedChannel: HTTPChannelHandler {
    struct Value: ServerChildChannelValue {
        let parts: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
        let entry: ConnectionRegister.Entry

        var channel: any Channel { parts.channel }
    }

    let responder: HTTPChannelHandler.Responder
    let limits: ConnectionLimits
    let register: ConnectionRegister
    let certificates: CertificateStore?

    /// Where TLS has not begun there is nobody to say it to.
    private var refusal: ByteBuffer {
        guard certificates == nil else { return ByteBuffer() }
        return ByteBuffer(string: "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n")
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let (entry, admission) = register.admit(channel)
            try? channel.syncOptions?.setOption(.socketOption(.so_sndbuf), value: ConnectionLimits.sendBuffer)
            // What was read waits in memory as parts of requests, many times as large as short requests are, even when answers are not taken.
            try? channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
            let pipeline = channel.pipeline.syncOperations
            if let certificates { try pipeline.addHandler(NIOSSLServerHandler(context: certificates.current)) }
            let state = ConnectionState(channel, limits, entry: entry, isTLS: certificates != nil)
            try pipeline.addHandler(ByteGuard(state, admission, refusal: refusal))
            var decoding = NIOHTTPDecoderLimitConfiguration()
            decoding.maxHeaderFieldSize = limits.maximumHeaderSize / 2
            decoding.maxHeaderListSize = limits.maximumHeaderSize
            decoding.maxHeaderFieldCount = ConnectionLimits.maximumHeaderCount
            try pipeline.configureHTTPServerPipeline(
                // Requests that are sent ahead wait in the asynchronous channel, and errors are answered behind what came before them.
                withPipeliningAssistance: false, withErrorHandling: false,
                // The types of headers allow nothing that would need it.
                withOutboundHeaderValidation: false, withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoding)
            try pipeline.addHandler(RequestGuard(state, isTLS: certificates != nil))
            return Value(
                parts: try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)),
                entry: entry)
        }
    }

    func handle(value: Value, logger: Logger) async {
        let bounded = BoundedChannel(
            responder: { [responder] request, writer, channel in
                guard !value.entry.isEnded else {
                    // Sent ahead behind a request that had the last answer of this connection: nobody would learn what became of it.
                    try? await channel.closeFuture.get()
                    throw ChannelError.alreadyClosed
                }
                try await responder(request, writer, channel)
            }, limits: limits, register: register, certificates: certificates)
        await bounded.handleHTTP(asyncChannel: value.parts, logger: logger)
    }
}
