import NIOCore
import NIOHTTP1

/// Watches the requests and answers of a connection, and refuses heads that two servers could understand differently.
final class RequestGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let state: ConnectionState
    private var isRefused = false
    private var host: String?

    init(_ state: ConnectionState) { self.state = state }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return state.partCame() }
        switch unwrapInboundIn(data) {
        case .head(var head):
            do throws(HTTPParserError) {
                try RequestHeadRule.check(&head, known: &host)
            } catch {
                // Behind the answers to what came before it, the server answers this by a bare 400.
                state.partCame()
                return refuse(context, error)
            }
            // A body that is refused after all ends with the connection.
            if state.isIdle, head.headers.first(name: "expect")?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
            }
            state.headCame()
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body:
            state.partCame()
            context.fireChannelRead(data)
        case .end:
            state.requestEnded()
            context.fireChannelRead(data)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        let left = promise ?? context.eventLoop.makePromise()
        left.futureResult.assumeIsolated().whenSuccess { [state] in state.answered() }
        state.answerWritten()
        context.write(data, promise: left)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        state.flushed()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output { state.answersEnded() }
        context.close(mode: mode, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { refuse(context, error) }

    private func refuse(_ context: ChannelHandlerContext, _ error: any Error) {
        isRefused = true
        state.failed()
        context.fireErrorCaught(error)
    }
}
