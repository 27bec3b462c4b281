import CacheServices
import Foundation
import NIOCore
import NIOPosix
import RedisTesting
import Synchronization
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(2)))
struct StreamLoadTests {
    /// Counts what comes on one connection, without taking it apart.
    private final class Counting: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let events: Mutex<Int>
        private let word: [UInt8]

        init(_ word: String) {
            self.word = Array(word.utf8)
            events = Mutex(0)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Array(buffer: unwrapInboundIn(data))
            var found = 0
            var rest = bytes[...]
            while let range = rest.firstRange(of: word) {
                found += 1
                rest = rest[range.upperBound...]
            }
            events.withLock { $0 += found }
        }
    }

    private static func connect(_ count: Int, port: Int) async throws -> [(channel: any Channel, counting: Counting)] {
        try await withThrowingTaskGroup(of: (any Channel, Counting).self) { group in
            for _ in 0..<count {
                group.addTask {
                    let counting = Counting(#""event":"set""#)
                    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                        .channelInitializer { channel in channel.pipeline.addHandler(counting) }
                        .connect(host: "127.0.0.1", port: port).get()
                    let request = "GET /api/stream?topics=metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    try await channel.writeAndFlush(ByteBuffer(string: request))
                    return (channel, counting)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func `every event reaches every client, and all of them together take little`() async throws {
        let isSoak = ProcessInfo.processInfo.environment["USDCOP_SOAK"] == "1"
        let (count, events) = isSoak ? (1000, 50) : (200, 10)
        try await RunningService.with { (service) async throws in
            let hub = service.service.stream
            let before = ResidentMemory.bytes ?? 0
            let clients = try await Self.connect(count, port: service.port)
            try await eventually(within: .seconds(30)) { hub.clients == count && hub.isCurrent(count) }
            let each = ((ResidentMemory.bytes ?? 0) - before) / count
            var slowest = Duration.zero
            for number in 1...events {
                let start = ContinuousClock.now
                try await service.service.metrics.setCustomMetric("a", CustomMetricValue(Double(number)))
                try await eventually { clients.allSatisfy { $0.counting.events.withLock { $0 } == number } }
                slowest = max(slowest, start.duration(to: .now))
                // Others are served meanwhile.
                #expect(try await service.get("/livez").status == 200)
            }
            try await eventually { hub.sentCount == count * events }
            #expect(hub.counts == StreamCounts())
            print("\(count) clients: \(each / 1024) KB each with their other ends, slowest event to all of them \(slowest)")
            // Both ends are in this process.
            #expect(each < 200 * 1024)
            for client in clients { client.channel.close(promise: nil) }
            try await eventually { hub.clients == 0 }
        }
    }
}
