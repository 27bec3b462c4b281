import NIOCore
import NIOPosix
import Synchronization

/// A small HTTP service that behaves as a test wants, and counts who is connected to it.
public final class StandInService: Sendable {
    /// What it does with a request.
    public enum Manner: Sendable {
        /// Answers with a status and a body after a while.
        case answers(Int, after: Duration = .zero, body: String = #"{"status":"ok"}"#, headers: String = "")
        /// Takes the request and says nothing.
        case hangs
        /// One byte of the answer now and then.
        case drips
        /// A body without an end, as fast as it is taken.
        case endless
        /// A body of so many bytes, as its head says, as fast as it is taken.
        case body(bytes: Int)
        /// Sends whoever asks to itself again.
        case redirects
        case garbage
    }

    final class Counts: Sendable {
        struct Values { var open = 0, most = 0, requests = 0, written = 0, text = "" }
        let values = Mutex(Values())
    }

    /// The port of the loopback interface that it listens on.
    public let port: Int
    private let channel: any Channel
    private let counts: Counts

    public static func start(_ manner: Manner, port: Int = 0) async throws -> StandInService {
        let counts = Counts()
        let box = MannerBox(manner)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StandInHandler(box, counts))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return StandInService(channel, counts, box)
    }

    final class MannerBox: Sendable {
        let manner: Mutex<Manner>
        init(_ manner: Manner) { self.manner = Mutex(manner) }
    }

    private let box: MannerBox

    private init(_ channel: any Channel, _ counts: Counts, _ box: MannerBox) {
        self.channel = channel
        self.counts = counts
        self.box = box
        port = channel.localAddress?.port ?? 0
    }

    public var url: String { "http://127.0.0.1:\(port)" }
    /// The most connections that were open at once.
    public var mostAtOnce: Int { counts.values.withLock { $0.most } }
    /// Connections that are open.
    public var open: Int { counts.values.withLock { $0.open } }
    /// Requests that came so far.
    public var requests: Int { counts.values.withLock { $0.requests } }
    /// The last request as it came.
    public var lastRequest: String { counts.values.withLock { $0.text } }

    /// The bytes of long bodies that were taken.
    public var written: Int { counts.values.withLock { $0.written } }

    public func behave(_ manner: Manner) { box.manner.withLock { $0 = manner } }

    public func stop() async throws { try await channel.close() }
}

/// One connection.
final class StandInHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let box: StandInService.MannerBox
    private let counts: StandInService.Counts
    private var text = ""

    init(_ box: StandInService.MannerBox, _ counts: StandInService.Counts) {
        self.box = box
        self.counts = counts
    }

    func channelActive(context: ChannelHandlerContext) {
        counts.values.withLock { values in
            values.open += 1
            values.most = max(values.most, values.open)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { counts.values.withLock { $0.open -= 1 } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        guard text.contains("\r\n\r\n") else { return }
        let request = text
        text = ""
        counts.values.withLock { values in
            values.requests += 1
            values.text = request
        }
        answer(context.channel)
    }

    private func answer(_ channel: any Channel) {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        switch box.manner.withLock({ $0 }) {
        case .answers(let status, let delay, let body, let headers):
            let answer = "HTTP/1.1 \(status) X\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            channel.eventLoop.scheduleTask(in: TimeAmount(delay)) { Self.send(answer, on: channel) }
        case .hangs: break
        case .drips: Self.drip(Array(head.utf8)[...], on: channel)
        case .endless:
            Self.send(head + "\r\n", on: channel)
            pour(.max, on: channel)
        case .body(let bytes):
            Self.send(head + "Content-Length: \(bytes)\r\n\r\n", on: channel)
            pour(bytes, on: channel)
        case .redirects:
            let address = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/again"
            Self.send("HTTP/1.1 302 Found\r\nLocation: \(address)\r\nContent-Length: 0\r\n\r\n", on: channel)
        case .garbage: Self.send("SSH-2.0-OpenSSH_9.2\r\n", on: channel)
        }
    }

    private static func send(_ text: String, on channel: any Channel) {
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    private static func drip(_ rest: ArraySlice<UInt8>, on channel: any Channel) {
        guard let byte = rest.first, channel.isActive else { return }
        channel.writeAndFlush(ByteBuffer(bytes: [byte]), promise: nil)
        channel.eventLoop.scheduleTask(in: .milliseconds(50)) { drip(rest.dropFirst(), on: channel) }
    }

    /// One piece serves all: what is poured is large.
    private static let piece = ByteBuffer(repeating: UInt8(ascii: " "), count: 1 << 20)

    private func pour(_ left: Int, on channel: any Channel) {
        guard left > 0 else { return }
        var piece = Self.piece
        let count = min(left, piece.readableBytes)
        guard let part = piece.readSlice(length: count) else { return }
        let (bound, counts) = (NIOLoopBound(self, eventLoop: channel.eventLoop), counts)
        channel.writeAndFlush(part).whenSuccess {
            counts.values.withLock { $0.written += count }
            bound.value.pour(left - count, on: channel)
        }
    }
}
