import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Watches the requests and answers of a connection, and refuses heads that two servers could understand differently. Translates between the
/// types of the parser and those of the server on the way: a handler of its own for that costs every request twice.
final class RequestGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let state: ConnectionState
    private let isTLS: Bool
    private var isRefused = false
    /// Whether the last request of the connection has come: behind it the parser may go on, the service does not.
    private var hasLastCome = false
    private var isPassingBy = false
    private var host: String?

    init(_ state: ConnectionState, isTLS: Bool) { (self.state, self.isTLS) = (state, isTLS) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return state.partCame() }
        guard !isPassingBy else { return }
        switch unwrapInboundIn(data) {
        case .head(var head):
            if hasLastCome || state.isQuiescing {
                isPassingBy = true
                return
            }
            let request: HTTPRequest
            do {
                hasLastCome = try RequestHeadRule.check(&head, known: &host)
                request = try HTTPRequest(head, secure: isTLS, splitCookie: false)
            } catch {
                // Behind the answers to what came before it, the server answers this by a bare 400.
                state.partCame()
                return refuse(context, error as? HTTPParserError ?? .unknown)
            }
            // A body that is refused after all ends with the connection.
            if state.isIdle, head.version == .http1_1, head.headers.first(name: "expect")?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
            }
            state.headCame()
            context.fireChannelRead(wrapInboundOut(.head(request)))
        case .body(let body):
            state.partCame()
            context.fireChannelRead(wrapInboundOut(.body(body)))
        case .end(let trailers):
            state.requestEnded()
            context.fireChannelRead(wrapInboundOut(.end(trailers.map { HTTPFields($0, splitCookie: false) })))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let response): context.write(wrapOutboundOut(.head(HTTPResponseHead(response))), promise: promise)
        case .body(let body): context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: promise)
        case .end(let trailers):
            let left = promise ?? context.eventLoop.makePromise()
            left.futureResult.assumeIsolated().whenSuccess { [state] in state.answered() }
            state.answerWritten()
            context.write(wrapOutboundOut(.end(trailers.map(HTTPHeaders.init))), promise: left)
        }
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        state.flushed()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        state.quiesce()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        // What the client has not taken would be thrown away when it has said that it sends nothing more.
        state.endAnswers { context.close(mode: .output, promise: promise) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { refuse(context, error) }

    private func refuse(_ context: ChannelHandlerContext, _ error: any Error) {
        isRefused = true
        state.failed()
        context.fireErrorCaught(error)
    }
}
