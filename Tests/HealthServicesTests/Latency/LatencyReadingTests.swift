import CacheServices
import HealthServices
import Testing

@Suite struct LatencyReadingTests {
    private static func reading(_ text: String) throws -> LatencyReading {
        try LatencyReading(strict: JSONParser.parse(Array(text.utf8)))
    }

    @Test func `what may be absent has its meaning`() throws {
        let short = try Self.reading(#"{"service": "api", "operation": "trade", "latency_ms": 125}"#)
        #expect(short.series == LatencySeries(service: "api", operation: "trade") && short.latencyMS == 125)
        #expect(short.success && short.metadata == nil)
        let long = try Self.reading(
            #"{"metadata": {"venue": [1]}, "success": false, "latency_ms": 0.5, "operation": "a b", "service": "x:y/z-1"}"#)
        #expect(!long.success && long.metadata == ["venue": [1]] && long.series.service == "x:y/z-1")
    }

    @Test(arguments: [
        ("{}", ["service", "operation", "latency_ms"]), ("[]", ["", "service", "operation", "latency_ms"]),
        (#"{"service": "", "operation": "a*", "latency_ms": -1}"#, ["service", "operation", "latency_ms"]),
        (#"{"service": 5, "operation": null, "latency_ms": "5"}"#, ["service", "operation", "latency_ms"]),
        (#"{"service": "a", "operation": "b", "latency_ms": 1000000000.5}"#, ["latency_ms"]),
        (#"{"service": "a", "operation": "b", "latency_ms": 1, "success": 1}"#, ["success"]),
        (#"{"service": "a", "operation": "b", "latency_ms": 1, "success": null}"#, ["success"]),
        (#"{"service": "a", "operation": "b", "latency_ms": 1, "metadata": []}"#, ["metadata"]),
        (#"{"service": "a", "operation": "b", "latency_ms": 1, "timestamp": "2025-01-15T10:30:00Z"}"#, ["timestamp"]),
    ])
    func `everything that is wrong is named`(text: String, wrong: [String]) throws {
        let error = #expect(throws: ValidationError.self) { try Self.reading(text) }
        #expect(error?.problems.map(\.field) == wrong)
    }

    @Test func `metadata is bounded`() throws {
        func text(_ count: Int) -> String {
            #"{"service": "a", "operation": "b", "latency_ms": 1, "metadata": {"x": "\#(String(repeating: "y", count: count))"}}"#
        }
        #expect(try Self.reading(text(4096 - 8)).metadata != nil)
        let error = #expect(throws: ValidationError.self) { try Self.reading(text(4096 - 7)) }
        #expect(error?.problems.map(\.field) == ["metadata"])
    }
}
