import CacheServices
import Testing

struct NeverHappened: Error {}

/// Waits until something is so, and answers how long it took; fails when it is not so in time.
@discardableResult
func eventually(
    within limit: Duration = .seconds(10), sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws -> Duration {
    let start = ContinuousClock.now
    while try await !condition() {
        guard start.duration(to: .now) < limit else {
            Issue.record("it was not so within \(limit)", sourceLocation: sourceLocation)
            throw NeverHappened()
        }
        try await Task.sleep(for: .milliseconds(2))
    }
    return start.duration(to: .now)
}

/// Expects a refusal of one kind.
func expect(
    _ code: CacheError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> some Any
) async {
    let error = await #expect(throws: CacheError.self, sourceLocation: sourceLocation) { _ = try await body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
}

extension [UInt8] {
    init(_ text: String) { self = Array(text.utf8) }
    var text: String { String(decoding: self, as: UTF8.self) }
}
