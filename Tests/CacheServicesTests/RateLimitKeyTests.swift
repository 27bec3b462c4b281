import Testing

@testable import CacheServices

@Suite struct RateLimitKeyTests {
    @Test func `what a client has used of its rate expires, and is nobody's cache key`() {
        let name = KeySchema.rateLimit(String(repeating: "0f", count: 16))
        guard case .ruled(let rule) = KeyRule.standing(of: name) else {
            Issue.record("the key has no rule")
            return
        }
        #expect(rule.type == "hash" && rule.mustExpire)
        #expect(KeyRule.standing(of: KeySchema.rateLimit("192.0.2.1")) == .elsewhere)
        #expect(KeySchema.isReserved(name))
    }
}
