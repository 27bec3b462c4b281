import CacheServices
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A small HTTP server in the place of a real service, on a port that the system chose, open to this machine only.
final class StandIn: Sendable {
    let profile: StandInProfile
    /// Where it listens.
    let port: Int
    private let channel: any Channel

    private init(_ profile: StandInProfile, _ channel: any Channel, port: Int) {
        self.profile = profile
        self.channel = channel
        self.port = port
    }

    /// The address of something that it does.
    func url(_ path: String = "") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Listens from now on.
    ///
    /// - Parameter start: when the demo began.
    static func start(_ profile: StandInProfile, plan: OutagePlan, seed: UInt64, since start: ContinuousClock.Instant) async throws
        -> StandIn
    {
        let desk = Desk(StandInModel(profile: profile, plan: plan), seed: seed, since: start)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(StandInHandler(desk))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let port = channel.localAddress?.port else { throw ChannelError.operationUnsupported }
        return StandIn(profile, channel, port: port)
    }

    /// Takes no more connections.
    func stop() async { try? await channel.close() }

    /// Where all connections of one stand-in ask what to answer.
    final class Desk: Sendable {
        private let model: StandInModel
        private let start: ContinuousClock.Instant
        private let random: Mutex<Xoshiro256>

        init(_ model: StandInModel, seed: UInt64, since start: ContinuousClock.Instant) {
            self.model = model
            self.start = start
            random = Mutex(Xoshiro256(seed: seed, for: "stand-in \(model.profile.name)"))
        }

        func reply(to path: String) -> StandInModel.Reply {
            let time = start.duration(to: .now)
            return random.withLock { model.reply(to: path, at: time, random: &$0) }
        }
    }
}
