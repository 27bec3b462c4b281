import CacheServices
import Testing

@testable import HealthServices

@Suite("What a channel does next")
struct AlertLaneTests {
    private static let channel = "https://h#1"
    private var outbox = AlertOutbox()
    private let start = Timestamp.sample

    /// Seconds after the start.
    private func at(_ seconds: Double) -> Timestamp { start + .milliseconds(Int64(seconds * 1000)) }

    private func lane(spacing: Duration = .seconds(300)) -> AlertLane {
        var rules = AlertRules(spacing: spacing)
        rules.retry = AlertRetry(first: .seconds(1), longest: .seconds(60), window: .seconds(600))
        return AlertLane(channel: Self.channel, rules: rules)
    }

    private mutating func add(_ id: String, of service: String = "api", to: String = "unhealthy", after seconds: Double = 0) throws {
        try add(.alert(Alert.sample(id, service, to: to)), seconds)
    }

    private mutating func add(_ entry: AlertEntry, _ seconds: Double) {
        let last = outbox.last
        let id = max(
            StreamID(milliseconds: UInt64(at(seconds).milliseconds), sequence: 0),
            StreamID(milliseconds: last.milliseconds, sequence: last.sequence + 1))
        let isReadable = outbox.add(StreamEntry(id: id, fields: entry.fields))
        #expect(isReadable)
    }

    private mutating func record(
        _ id: String, _ result: AlertDelivery.Result, _ seconds: Double, channel: String = Self.channel
    ) {
        add(.delivery(AlertDelivery(id: id, channel: channel, result: result, attempts: 1, at: at(seconds))), seconds)
    }

    /// The identity that is tried next; the lane is free again afterwards.
    private func next(_ lane: inout AlertLane, _ seconds: Double) -> String? {
        defer { lane.rest() }
        return switch lane.next(outbox, at: at(seconds)) {
        case .attempt(let alert): alert.id
        case .record(let deliveries): deliveries.map { "\($0.id) \($0.result) \($0.detail ?? "")" }.joined(separator: ", ")
        case .rest: nil
        }
    }

    @Test mutating func `an alert is tried until it is told, and then never again`() throws {
        var lane = self.lane()
        try add("a")
        let alert = try Alert.sample("a", "api")
        #expect(next(&lane, 0) == "a")
        #expect(lane.finish(alert, .postponed("timeout"), at: at(0), draw: 1) == nil)
        #expect(next(&lane, 0.9) == nil)
        #expect(next(&lane, 1) == "a")
        let delivery = lane.finish(alert, .accepted, at: at(2), draw: 1)
        #expect(delivery == AlertDelivery(id: "a", channel: Self.channel, result: .sent, attempts: 2, at: at(2)))
        // The record is not in the stream yet, or was lost there.
        #expect(next(&lane, 1000) == nil)
    }

    @Test mutating func `a lane does one thing at a time`() throws {
        var lane = self.lane()
        try add("a", of: "one")
        try add("b", of: "two")
        #expect(try lane.next(outbox, at: start) == .attempt(Alert.sample("a", "one")))
        #expect(lane.next(outbox, at: start) == .rest)
        lane.rest()
        #expect(lane.next(outbox, at: start) != .rest)
    }

    @Test mutating func `another process' records are known, and another channel's do not count`() throws {
        try add("a")
        var (lane, other) = (self.lane(), AlertLane(channel: "mailto:x@y", rules: AlertRules()))
        record("a", .sent, 1)
        #expect(next(&lane, 2) == nil)
        #expect(next(&other, 2) == "a")
    }

    @Test mutating func `refusals are final, and what was refused does not hold the next one back`() throws {
        var lane = self.lane()
        try add("a")
        #expect(next(&lane, 0) == "a")
        let delivery = lane.finish(try Alert.sample("a", "api"), .refused("http_404"), at: at(0), draw: 0)
        #expect(delivery?.result == .failed && delivery?.detail == "http_404" && delivery?.attempts == 1)
        try add("b", to: "healthy", after: 1)
        #expect(next(&lane, 1) == "b")
    }

    @Test mutating func `attempts end with the window`() throws {
        var lane = self.lane()
        try add("a")
        let alert = try Alert.sample("a", "api")
        var delivery: AlertDelivery?
        var (seconds, attempts) = (0.0, 0)
        while delivery == nil, seconds < 2000 {
            if next(&lane, seconds) == "a" {
                attempts += 1
                delivery = lane.finish(alert, .postponed("http_503"), at: at(seconds), draw: 1)
            }
            seconds += 1
        }
        #expect(delivery?.result == .failed && delivery?.detail == "http_503" && delivery?.attempts == attempts)
        // 1, 2, 4, 8, 16, 32, then every 60 seconds.
        #expect(attempts == 15 && seconds == 544)
    }

    @Test mutating func `while the spacing lasts the newest waits, and the others are suppressed`() throws {
        var lane = self.lane()
        try add("down")
        record("down", .sent, 1)
        try add("up", to: "healthy", after: 10)
        #expect(next(&lane, 10) == nil)
        try add("down again", after: 20)
        #expect(next(&lane, 20) == "up suppressed superseded")
        try add("up again", to: "healthy", after: 30)
        #expect(next(&lane, 30) == "down again suppressed superseded")
        #expect(next(&lane, 300) == nil)
        #expect(next(&lane, 301) == "up again")
    }

    @Test mutating func `each service has a spacing of its own, and risk alerts have none`() throws {
        var lane = self.lane()
        try add("a", of: "one")
        record("a", .sent, 0)
        try add("b", of: "two", after: 1)
        add(.alert(try Alert.risk("r1")), 1)
        add(.alert(try Alert.risk("r2")), 1)
        var told: [String] = []
        for _ in 0..<3 {
            guard case .attempt(let alert) = lane.next(outbox, at: at(1)) else { break }
            _ = lane.finish(alert, .accepted, at: at(1), draw: 0)
            lane.rest()
            told.append(alert.id)
        }
        #expect(told == ["b", "r1", "r2"])
    }

    @Test mutating func `without a spacing every alert is told, those of one service in order`() throws {
        var lane = self.lane(spacing: .zero)
        for (place, id) in ["1", "2", "3"].enumerated() { try add(id, after: Double(place) / 1000) }
        try add("other", of: "two", after: 0.01)
        #expect(next(&lane, 1) == "1")
        #expect(try lane.finish(Alert.sample("1", "api"), .postponed("timeout"), at: at(1), draw: 1) == nil)
        // The one that waits holds back its service, and nothing else.
        #expect(next(&lane, 1) == "other")
        #expect(try lane.finish(Alert.sample("other", "two"), .accepted, at: at(1), draw: 1) != nil)
        #expect(next(&lane, 1.5) == nil)
        for id in ["1", "2", "3"] {
            #expect(next(&lane, 2) == id)
            #expect(try lane.finish(Alert.sample(id, "api"), .accepted, at: at(2), draw: 1) != nil)
        }
        #expect(next(&lane, 2) == nil)
    }

    @Test(arguments: [(3900.0, "a"), (3901, nil)] as [(Double, String?)])
    mutating func `what nobody could tell for an hour beyond the spacing is not worth telling`(seconds: Double, id: String?) throws {
        var lane = self.lane()
        try add("a")
        #expect(next(&lane, seconds) == id)
    }

    @Test mutating func `however old, a recovery is told where the receiver believes otherwise`() throws {
        var lane = self.lane()
        try add("down")
        record("down", .sent, 1)
        try add("worse", to: "degraded", after: 2)
        try add("up", to: "healthy", after: 3)
        #expect(next(&lane, 86_400) == "up")
        #expect(try lane.finish(Alert.sample("up", "api", to: "healthy"), .accepted, at: at(86_400), draw: 0) != nil)
        #expect(next(&lane, 200_000) == nil)
    }

    @Test mutating func `an attempt that was given up is counted and repeated`() throws {
        var lane = self.lane()
        try add("a")
        #expect(next(&lane, 0) == "a")
        #expect(try lane.finish(Alert.sample("a", "api"), .abandoned, at: at(0), draw: 0) == nil)
        #expect(next(&lane, 0) == "a")
    }

    @Test mutating func `a receiver that asks to be left alone is, for every alert`() throws {
        var lane = self.lane(spacing: .zero)
        try add("a")
        try add("b", of: "other")
        let alert = try Alert.sample("a", "api")
        #expect(next(&lane, 0) == "a")
        #expect(lane.finish(alert, .postponed("http_429", after: .seconds(30)), at: at(0), draw: 0) == nil)
        #expect(next(&lane, 29.9) == nil)
        #expect(next(&lane, 30) == "a")
        #expect(lane.finish(alert, .accepted, at: at(30), draw: 0)?.result == .sent)
        #expect(next(&lane, 30) == "b")
    }

    @Test mutating func `where nobody is to be told, that is on record at once`() throws {
        var lane = self.lane()
        try add("a")
        #expect(next(&lane, 0) == "a")
        let delivery = try lane.finish(Alert.sample("a", "api"), .unaddressed, at: at(0), draw: 0)
        #expect(delivery == AlertDelivery(id: "a", channel: Self.channel, result: .unsent, attempts: 0, at: at(0), detail: "no_channel"))
    }

    @Test mutating func `what was told while Redis was away counts from when it was told`() throws {
        var lane = self.lane(spacing: .seconds(300))
        try add("a", after: 200)
        // It came to the stream 200 seconds later.
        add(.delivery(AlertDelivery(id: "a", channel: Self.channel, result: .sent, attempts: 1, at: at(0))), 200)
        try add("b", to: "healthy", after: 201)
        #expect(next(&lane, 299) == nil)
        #expect(next(&lane, 300) == "b")
    }
}
