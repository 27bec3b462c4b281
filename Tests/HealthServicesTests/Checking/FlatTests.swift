import CacheServices
import Foundation
import RedisTesting
import TestTurns
import Testing

@testable import HealthServices

/// What a service costs that is watched for long, however badly it behaves. Ten minutes of it with `USDCOP_SOAK=1`.
@Suite(.takesTurnsAlone, .timeLimit(.minutes(15)))
struct FlatTests {
    /// One look at this process.
    private struct Sample {
        let descriptors: Int
        let memory: Int
    }

    private static let tenGigabytes = 10_737_418_240

    @Test func `descriptors and memory stay as they are, and no service has two checks in flight`() async throws {
        let manners: [(OperationName, StandInService.Manner)] = [
            ("fast", .answers(200)), ("slow", .answers(200, after: .milliseconds(700))),
            ("slower", .answers(200, after: .milliseconds(1300))), ("failing", .answers(500)), ("hanging", .hangs), ("dripping", .drips),
            ("endless", .endless), ("huge", .body(bytes: Self.tenGigabytes)), ("redirecting", .redirects), ("garbled", .garbage),
        ]
        var stands: [(name: OperationName, service: StandInService)] = []
        for (name, manner) in manners { stands.append((name, try await StandInService.start(manner))) }
        let services = stands
        let configs = try services.map { try ServiceConfig.quick($0.name, $0.service.url, interval: 1000, timeout: 1800) }
        let server = try await PrivateRedis.start()
        let length = Duration.seconds(HealthTests.isSoak ? 600 : 8)
        let samples = try await withMonitor(on: server.configuration, configs) { checker in
            try await eventually(within: .seconds(20)) { await checker.getSystemHealth().services.allSatisfy { $0.lastCheck != nil } }
            var samples: [Sample] = []
            let end = ContinuousClock.now + length
            while ContinuousClock.now < end {
                samples.append(Sample(descriptors: openDescriptors(), memory: try #require(ResidentMemory.bytes)))
                try await Task.sleep(for: .milliseconds(100))
            }
            // At the end as at the beginning.
            let statuses = await checker.getSystemHealth().services.filter { $0.service != "redis" }
            #expect(
                statuses.filter { $0.status == .healthy }.map(\.service.rawValue).sorted() == ["endless", "fast", "huge"])
            #expect(statuses.filter { $0.status == .degraded }.map(\.service) == ["slow"])
            return samples
        }
        let part = samples.count / 4
        let (first, last) = (samples.prefix(part), samples.suffix(part))
        let descriptors = (Self.median(first.map(\.descriptors)), Self.median(last.map(\.descriptors)))
        let memory = (Self.median(first.map(\.memory)) >> 20, Self.median(last.map(\.memory)) >> 20)
        if HealthTests.isSoak {
            let requests = services.map { "\($0.name) \($0.service.requests)" }.joined(separator: ", ")
            let huge = try #require(services.first { $0.name == "huge" }).service
            print(
                """
                watched \(services.count) services for \(length): checks \(requests)
                descriptors: median \(descriptors.0) in the first quarter, \(descriptors.1) in the last, \(samples.map(\.descriptors).max() ?? 0) at most
                memory: median \(memory.0) MB in the first quarter, \(memory.1) MB in the last, \((samples.map(\.memory).max() ?? 0) >> 20) MB at most
                of each 10 GB body \((huge.written / max(1, huge.requests)) >> 10) KB were sent
                """)
        }
        #expect(abs(descriptors.1 - descriptors.0) <= 6)
        #expect(memory.1 - memory.0 <= 24)
        for (name, service) in services {
            #expect(service.mostAtOnce == 1, "\(name)")
            // What is not read is not sent either, but for what lies in the buffers of the kernel.
            #expect(service.written / max(1, service.requests) < 32 << 20, "\(name)")
            try await eventually { service.open == 0 }
        }
    }

    private static func median(_ values: [Int]) -> Int { values.isEmpty ? 0 : values.sorted()[values.count / 2] }
}
