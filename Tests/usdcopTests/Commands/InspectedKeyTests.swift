import Testing

@testable import CacheServices

@Suite("What the doctor makes of a key")
struct InspectedKeyTests {
    private static let signal = Samples.signal(time: "2025-01-15T10:30:00.000Z")
    private static let minute = TimeToLive.remaining(.seconds(60))

    @Test(arguments: [
        (key("signal:latest", [signal]), [CacheFinding.Kind]()),
        (key("signal:latest", [signal], timeToLive: .never), [.missingExpiry]),
        (key("signal:latest", ["nonsense"]), [.unreadable]),
        (key("signal:latest", [Samples.signal(time: "9999-01-01T00:00:00Z")]), [.unreadable]),
        (key("signal:latest", [signal], type: "list"), [.wrongType]),
        (key("signal:latest", [], length: 2_000_000), [.unreadable]),
        (key("signal:history:USDCOP", [signal], type: "list"), []),
        (key("signal:history:USDCOP", [signal, "x"], type: "list"), [.unreadable]),
        (key("signal:history:EURCOP", [signal], type: "list"), [.misplaced]),
        (key("signal:history:USDCOP", [signal], type: "list", length: 101), [.overCap]),
        (key("signal:history:USDCOP", [signal], type: "list", isIndexed: false), [.unindexed]),
        (key("signal:history:usdcop", [signal], type: "list"), [.orphan]),
        (key("signal:other", ["x"]), [.orphan]),
        (key("position:active:USDCOP", [Samples.position()], timeToLive: .never), []),
        (key("position:active:USDCOP", [Samples.position(status: "CLOSED")], timeToLive: .never), [.misplaced]),
        (key("position:active:EURCOP", [Samples.position()], timeToLive: .never), [.misplaced]),
        (key("position:active:USDCOP", ["{}"], timeToLive: .never, isIndexed: false), [.unreadable, .unindexed]),
        (key("metrics:financial", [Samples.metrics]), []),
        (key("metrics:financial", ["{}"], timeToLive: .never), [.missingExpiry, .unreadable]),
        (key("metrics:custom:spread bps", ["3.5"]), []),
        (key("metrics:custom:x", ["[]"]), [.unreadable]),
        (key("metrics:custom:", ["1"]), [.orphan]),
        (key("index:signals", [], type: "zset", timeToLive: .never), []),
        (key("index:signals", [], type: "set", timeToLive: .never), [.wrongType]),
        (key("events", [], type: "stream", timeToLive: .never, length: 2100), []),
        (key("events", [], type: "stream", timeToLive: .never, length: 10_000), [.overCap]),
        (key("performance:api call", [], type: "stream", timeToLive: .never, length: 1000), []),
        (key("performance:api call", [], type: "stream", timeToLive: .never, length: 1001), [.overCap]),
        (key("performance:a", [], type: "stream", timeToLive: .never, isIndexed: false), [.unindexed]),
        (key("performance:a", [], type: "list", timeToLive: .never), [.wrongType]),
        (key("performance:a*", [], type: "stream", timeToLive: .never), [.orphan]),
        (key("index:operations", [], type: "zset", timeToLive: .never), []),
        (key("stats:performance:w1", []), []),
        (key("stats:performance:w1", [], timeToLive: .never), [.missingExpiry]),
        (key("audit:events", [], type: "stream", timeToLive: .never, length: 10_000), []),
        (key("audit:events", [], type: "string"), [.wrongType]),
        (key("audit:checkpoints", [], type: "stream", timeToLive: .never, length: 1000), []),
        (key("audit:checkpoints", [], type: "stream", timeToLive: .never, length: 1001), []),
        (key("audit:writers", [], type: "hash", timeToLive: .never), []),
        (key("audit:writers", [], type: "set", timeToLive: .never), [.wrongType]),
        (key("audit:signer", ["x"]), []),
        (key("audit:signer", ["x"], timeToLive: .never), [.missingExpiry]),
        (key("audit:idempotency:" + String(repeating: "0f", count: 32), ["x"]), []),
        (key("audit:idempotency:" + String(repeating: "0f", count: 32), ["x"], timeToLive: .never), [.missingExpiry]),
        (key("audit:idempotency:x", ["x"]), [.orphan]),
        (key("audit:other", ["x"]), [.orphan]),
        (key("latency:measurements", [], type: "stream"), []),
        (key("desk:note", ["x"], timeToLive: .never), [.unknownName]),
    ])
    func `findings follow the key table`(key: InspectedKey, kinds: [CacheFinding.Kind]) {
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        #expect(key.findings(now: now).map(\.kind) == kinds, "\(key.name)")
    }

    private static func key(
        _ name: String, _ values: [String], type: String = "string", timeToLive: TimeToLive = minute, length: Int? = nil,
        isIndexed: Bool = true
    ) -> InspectedKey {
        InspectedKey(
            name: name, type: type, timeToLive: timeToLive,
            length: length ?? (type == "list" ? values.count : values.first?.utf8.count ?? 0),
            isIndexed: isIndexed, values: values.map { Array($0.utf8) })
    }
}
