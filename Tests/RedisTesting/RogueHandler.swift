import NIOCore
import Synchronization

/// One connection of a ``RogueServer``; every method runs on its event loop.
final class RogueHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let trigger: RogueServer.Trigger
    private var script: ArraySlice<RogueServer.Step>
    private let counters: RogueServer.Counters
    private var isStarted = false
    private var isEcho = false

    init(trigger: RogueServer.Trigger, script: [RogueServer.Step], counters: RogueServer.Counters) {
        self.trigger = trigger
        self.script = script[...]
        self.counters = counters
    }

    func channelActive(context: ChannelHandlerContext) {
        counters.connections.wrappingAdd(1, ordering: .relaxed)
        if case .connect = trigger { start(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isEcho { return send(unwrapInboundIn(data), context) { _ in } }
        guard !isStarted else { return }
        let request = String(buffer: unwrapInboundIn(data))
        if case .firstCommand = trigger, let answer = Self.answer(toLogIn: request) {
            write(answer, context) { _ in }
        } else {
            start(context)
        }
    }

    /// What a server answers that has nothing to say about itself; a client logs in one command at a time.
    private static func answer(toLogIn request: String) -> String? {
        if request.contains("\r\nPING\r\n") { return "+PONG\r\n" }
        if request.contains("\r\nINFO\r\n") { return "$0\r\n\r\n" }
        if request.contains("\r\nCONFIG\r\n") { return "*0\r\n" }
        return ["AUTH", "CLIENT", "SELECT"].contains { request.contains("\r\n\($0)\r\n") } ? "+OK\r\n" : nil
    }

    private func start(_ context: ChannelHandlerContext) {
        isStarted = true
        next(context)
    }

    private func next(_ context: ChannelHandlerContext) {
        guard context.channel.isActive, let step = script.popFirst() else { return }
        switch step {
        case .send(let text): write(text, context) { self.next($0) }
        case .sendForever(let text): writeForever(ByteBuffer(string: text), context)
        case .drip(let text, let pause): drip(Array(text.utf8)[...], TimeAmount(pause), context)
        case .close: context.close(promise: nil)
        case .echo: isEcho = true
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext, then: @escaping (ChannelHandlerContext) -> Void) {
        send(ByteBuffer(string: text), context, then: then)
    }

    private func writeForever(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        // Through the loop's queue, so that other connections on it have their turn.
        send(buffer, context) { context in
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.execute { bound.value.0.writeForever(buffer, bound.value.1) }
        }
    }

    private func drip(_ bytes: ArraySlice<UInt8>, _ pause: TimeAmount, _ context: ChannelHandlerContext) {
        guard let first = bytes.first else { return next(context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: pause) {
            let (handler, context) = bound.value
            handler.send(ByteBuffer(bytes: [first]), context) { handler.drip(bytes.dropFirst(), pause, $0) }
        }
    }

    /// Does not go on when the peer is gone.
    private func send(_ buffer: ByteBuffer, _ context: ChannelHandlerContext, then: @escaping (ChannelHandlerContext) -> Void) {
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess {
            self.counters.sentBytes.wrappingAdd(buffer.readableBytes, ordering: .relaxed)
            then(context)
        }
        context.writeAndFlush(NIOAny(buffer), promise: promise)
    }
}
