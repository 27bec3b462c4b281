import Testing

@testable import CacheServices

@Suite struct HealthKeyTests {
    @Test(
        arguments: [
            ("health:services", "hash", false, nil), ("health:transitions", "hash", false, nil), ("health:leader", "string", true, nil),
            ("health:epoch", "string", false, nil), ("health:configured", "hash", false, nil),
            ("health:status:trading-api", "string", true, nil), ("health:owner:a b", "string", true, nil),
            ("health:history:a:b/c", "stream", false, 1000), ("alerts", "stream", false, 1000),
        ] as [(String, String, Bool, Int?)])
    func `the key table knows what the monitor writes`(name: String, type: String, expires: Bool, length: Int?) {
        guard case .ruled(let rule) = KeyRule.standing(of: name) else {
            Issue.record("\(name) is not in the table")
            return
        }
        #expect((rule.type, rule.mustExpire) == (type, expires))
        #expect(rule.maximumLength == length)
    }

    @Test(arguments: ["health:", "health:other", "health:status:", "health:history:a\u{e9}"])
    func `anything else in the family is an orphan`(name: String) {
        #expect(KeyRule.standing(of: name) == .orphan)
    }
}
