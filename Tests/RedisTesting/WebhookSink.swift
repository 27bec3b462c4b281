import NIOCore
public import NIOHTTP1
import NIOPosix
import Synchronization

/// A receiver of webhooks on a free port of the loopback interface, which keeps every request and answers as it is told.
public final class WebhookSink: Sendable {
    /// What arrived.
    public struct Request: Sendable {
        public let method: String
        public let path: String
        public let headers: HTTPHeaders
        public let body: [UInt8]
        /// When its end arrived.
        public let at: ContinuousClock.Instant

        /// The identity that the request goes by.
        public var key: String? { headers.first(name: "Idempotency-Key") }
    }

    /// What is answered.
    public enum Reply: Sendable {
        case status(Int, headers: [(String, String)] = [], body: String = "")
        /// Nothing, ever.
        case silence
        /// 200 and a body that does not end.
        case endless
        /// The connection ends.
        case hangUp
    }

    private struct State {
        var requests: [Request] = []
        var written = 0
    }

    private let state = Mutex(State())
    private let respond: @Sendable (Int, Request) -> Reply
    private let group = MultiThreadedEventLoopGroup.singleton
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    /// - Parameter respond: the answer to a request, which is told how many came before it.
    public init(_ respond: @escaping @Sendable (Int, Request) -> Reply = { _, _ in .status(200) }) {
        self.respond = respond
    }

    /// Everything that arrived, in order.
    public var requests: [Request] { state.withLock { $0.requests } }

    /// The bytes of endless bodies that clients took.
    public var written: Int { state.withLock { $0.written } }

    /// Listens, and answers the port.
    public func start() async throws -> Int {
        let channel = try await ServerBootstrap(group: group).serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try channel.pipeline.syncOperations.addHandler(Handler(sink: self))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        self.channel.withLock { $0 = channel }
        return channel.localAddress?.port ?? 0
    }

    public func stop() { channel.withLock { $0?.close(promise: nil) } }

    deinit { stop() }

    private func reply(to request: Request) -> Reply {
        let number = state.withLock { state in
            state.requests.append(request)
            return state.requests.count - 1
        }
        return respond(number, request)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let sink: WebhookSink
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(sink: WebhookSink) { self.sink = sink }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (self.head, body) = (head, [])
            case .body(let bytes): body += Array(buffer: bytes)
            case .end:
                guard let head else { return }
                let request = Request(method: head.method.rawValue, path: head.uri, headers: head.headers, body: body, at: .now)
                answer(sink.reply(to: request), context)
            }
        }

        private func answer(_ reply: Reply, _ context: ChannelHandlerContext) {
            switch reply {
            case .silence: return
            case .hangUp: context.close(promise: nil)
            case .endless:
                write(200, [], context)
                pour(context)
            case .status(let status, let headers, let text):
                write(status, headers + [("Content-Length", "\(text.utf8.count)")], context)
                if !text.isEmpty {
                    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
                }
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        private func write(_ status: Int, _ headers: [(String, String)], _ context: ChannelHandlerContext) {
            let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: HTTPHeaders(headers))
            context.write(wrapOutboundOut(.head(head)), promise: nil)
        }

        private func pour(_ context: ChannelHandlerContext) {
            let piece = ByteBuffer(repeating: 0x78, count: 65_536)
            let promise = context.eventLoop.makePromise(of: Void.self)
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
            promise.futureResult.whenSuccess {
                handler.value.sink.state.withLock { $0.written += 65_536 }
                handler.value.pour(bound.value)
            }
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(piece))), promise: promise)
        }
    }
}
