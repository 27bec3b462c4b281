import NIOCore
import NIOPosix
import Synchronization

/// A server that speaks Redis as badly as a test wants: it answers scripted bytes to whoever connects.
public final class RogueServer: Sendable {
    /// One thing that it does; a script is several in order.
    public enum Step: Sendable {
        case send(String)
        /// The same bytes again and again, as fast as the peer takes them.
        case sendForever(String)
        /// The bytes one by one with a pause before each.
        case drip(String, every: Duration)
        case close
        /// From now on every byte comes back.
        case echo
    }

    /// What sets it off.
    public enum Trigger: Sendable {
        case connect
        case firstRequest
        /// The first command that is not part of logging in; what is part of it gets a proper answer.
        case firstCommand
    }

    final class Counters: Sendable {
        let connections = Atomic<Int>(0)
        let sentBytes = Atomic<Int>(0)
    }

    private let channel: any Channel
    private let counters: Counters
    /// The port of the loopback interface that it listens on.
    public let port: Int

    /// Starts one; `port` 0 takes any that is free.
    public static func start(port: Int = 0, on trigger: Trigger, _ script: [Step]) async throws -> RogueServer {
        let counters = Counters()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = RogueHandler(trigger: trigger, script: script, counters: counters)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return RogueServer(channel: channel, counters: counters, port: channel.localAddress?.port ?? 0)
    }

    private init(channel: any Channel, counters: Counters, port: Int) {
        self.channel = channel
        self.counters = counters
        self.port = port
    }

    /// Connections accepted so far.
    public var connections: Int { counters.connections.load(ordering: .relaxed) }

    /// Bytes that the kernel took from it so far.
    public var sentBytes: Int { counters.sentBytes.load(ordering: .relaxed) }

    /// Stops listening, so that another server can take the port.
    public func stop() async throws { try await channel.close() }
}
