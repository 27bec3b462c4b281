import CacheServices
import NIOCore
import NIOEmbedded
import RedisTesting
import Synchronization
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurnsAlone, .timeLimit(.minutes(1)))
struct StreamBoundTests {
    @Test func `more streams than allowed are refused, and a place is free again when its client goes`() async throws {
        try await RunningService.with {
            $0.maximumStreams = 2
        } _: { (service) async throws in
            try await EventStreamClient.open(port: service.port) { (one) async throws in
                _ = try await one.next("open")
                try await EventStreamClient.open(port: service.port) { (two) async throws in
                    _ = try await two.next("open")
                    let refused = try await service.get("/api/stream")
                    #expect(refused.status == 503)
                    #expect(refused.code == "too_many_streams")
                    #expect(refused["Retry-After"] == "5")
                    // What is wrong with a request is said before.
                    #expect(try await service.get("/api/stream?topics=x").status == 400)
                    // Others are served.
                    #expect(try await service.get("/api/cache/signals").status == 200)
                }
                try await eventually { service.service.stream.clients == 1 }
                try await EventStreamClient.open(port: service.port) { (two) async throws in
                    #expect(try await two.next()?.name == "open")
                }
            }
            try await eventually { service.service.stream.clients == 0 }
            #expect(service.service.stream.counts.refused == 1)
            let metrics = MetricsText(try await service.get("/metrics").text)
            #expect(metrics.values["usdcop_stream_clients"] == 0)
            #expect(metrics.values["usdcop_stream_clients_maximum"] == 2)
            #expect(metrics.values["usdcop_stream_clients_refused_total"] == 1)
        }
    }

    @Test func `streams never take all connections`() {
        var settings = Settings()
        #expect(settings.allowedStreams == 1000)
        settings.maximumConnections = 100
        #expect(settings.allowedStreams == 75)
        settings.maximumConnections = 1
        #expect(settings.allowedStreams == 1)
        settings.maximumConnections = 100_000
        settings.maximumStreams = 5000
        #expect(settings.allowedStreams == 5000)
    }

    @Test func `a client that takes nothing is dropped with a word, and the others miss nothing`() async throws {
        try await RunningService.with {
            $0.streams.write = .milliseconds(500)
        } _: { (service) async throws in
            let hub = service.service.stream
            let total = 1200
            try await EventStreamClient.open(port: service.port, topics: "metrics", receiveBuffer: 4096) { (slow) async throws in
                try await EventStreamClient.open(port: service.port, topics: "metrics") { (quick) async throws in
                    _ = try await slow.next("open")
                    _ = try await quick.next("open")
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            let text = String(repeating: "x", count: 4000)
                            for number in 0..<total {
                                try await service.service.metrics.setCustomMetric("a", CustomMetricValue("\(number) \(text)"))
                            }
                        }
                        for number in 0..<total {
                            let event = try #require(try await quick.next())
                            #expect(event.value["value"]?.text?.hasPrefix("\(number) ") == true)
                        }
                        try await group.waitForAll()
                    }
                }
                try await eventually { hub.counts.dropped == 1 }
                // What was on its way still comes, in order; then why it ends, and where to go on.
                var next = 0
                var last: EventStreamClient.Event?
                while let event = try await slow.next() {
                    last = event
                    guard event.name == "metrics" else { continue }
                    #expect(event.value["value"]?.text?.hasPrefix("\(next) ") == true)
                    next += 1
                }
                #expect(last?.name == "bye")
                #expect(last?.data["reason"] == "slow")
                #expect(next < total)
                // It comes again and gets the rest, at its own pace.
                let place = slow.lastEventID
                try await EventStreamClient.open(port: service.port, topics: "metrics", after: place) { (again) async throws in
                    _ = try await again.next("open")
                    for number in next..<total {
                        let event = try #require(try await again.next())
                        #expect(event.value["value"]?.text?.hasPrefix("\(number) ") == true)
                    }
                }
            }
            #expect(hub.counts.dropped == 1)
            let metrics = MetricsText(try await service.get("/metrics").text)
            #expect(metrics.values["usdcop_stream_clients_dropped_total"] == 1)
        }
    }

    @Test func `a client that takes not even the last word loses its connection`() async throws {
        let channel = EmbeddedChannel()
        let subscriber = StreamSubscriber(1, topics: .all, channel: channel)
        subscriber.isWriting(true)
        #expect(!subscriber.isStuck(for: .seconds(10)))
        #expect(subscriber.isStuck(for: .zero))
        #expect(subscriber.end(.slow))
        #expect(!subscriber.end(.gone))
        subscriber.limitFarewell()
        let closings = Mutex(0)
        channel.closeFuture.whenComplete { _ in closings.withLock { $0 += 1 } }
        channel.embeddedEventLoop.advanceTime(by: .seconds(4))
        let early = closings.withLock { $0 }
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(early == 0)
        let late = closings.withLock { $0 }
        #expect(late == 1)
    }

    @Test func `what waits for a client is bounded in number and in size`() {
        func subscriber() -> StreamSubscriber { StreamSubscriber(1, topics: .all, channel: EmbeddedChannel()) }
        let small = StreamMessage(.backend, event: "status", key: "", value: .null)
        let many = subscriber()
        for _ in 0..<StreamSubscriber.maximumCount { #expect(many.offer(small)) }
        #expect(!many.offer(small))
        guard case .ended(.slow)? = many.poll() else { return #expect(Bool(false)) }
        // After the end nothing counts twice.
        #expect(many.offer(small))
        let large = StreamMessage(.backend, event: "status", key: "", value: .string(String(repeating: "x", count: 600_000)))
        let few = subscriber()
        #expect(few.offer(large))
        #expect(!few.offer(large))
        // One alone may be larger than everything: it could never be sent otherwise.
        let huge = StreamMessage(.backend, event: "status", key: "", value: .string(String(repeating: "x", count: 2_000_000)))
        #expect(subscriber().offer(huge))
    }

    @Test func `a live stream outlives the idle time of connections, and a client that hangs up is noticed at once`() async throws {
        try await RunningService.with {
            $0.idleTimeout = .milliseconds(200)
            $0.requestTimeout = .milliseconds(200)
        } _: { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "signals") { (client) async throws in
                _ = try await client.next("open")
                try await Task.sleep(for: .milliseconds(600))
                _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
                #expect(try await client.next()?.name == "signals")
                #expect(service.service.stream.clients == 1)
            }
            let time = try await eventually { service.service.stream.clients == 0 }
            #expect(time < .seconds(2))
        }
    }

    @Test func `an event is counted for every client that it was sent to`() async throws {
        try await RunningService.with { (service) async throws in
            let before = service.service.stream.sentCount
            try await EventStreamClient.open(port: service.port, topics: "signals") { (one) async throws in
                try await EventStreamClient.open(port: service.port, topics: "signals,metrics") { (two) async throws in
                    _ = try await one.next("open")
                    _ = try await two.next("open")
                    for id in ["a", "b", "c"] {
                        _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal(id))}"#)
                    }
                    _ = try await service.send("PUT", "/api/cache/metrics/custom/a", #"{"value": 1}"#)
                    _ = try await one.next(3, of: ["signals"])
                    _ = try await two.next(4, of: ["signals", "metrics"])
                }
            }
            try await eventually { service.service.stream.sentCount - before == 7 }
            let metrics = MetricsText(try await service.get("/metrics").text)
            #expect(metrics.values["usdcop_stream_events_sent_total"] == 7)
        }
    }

    @Test func `nothing is followed while nobody listens`() async throws {
        try await RunningService.with { (service) async throws in
            #expect(service.service.stream.cursor == nil)
            #expect(try await service.redis.commandCalls()["xread"] == nil)
        }
    }
}
