import Testing

@testable import DashboardServer

struct MetricNamingTests {
    @Test(arguments: [
        ("usdcop_http_requests_total", "usdcop_http_requests_total"), ("http.server.active_requests", "http_server_active_requests"),
        ("a-b c/d", "a_b_c_d"), ("9lives", "_9lives"), ("", "_"), ("ñandú", "__and__"), ("a:b", "a_b"), ("a\nb{c=\"d\"} 1", "a_b_c__d___1"),
    ])
    func `any label becomes a name that Prometheus takes`(label: String, name: String) {
        #expect(MetricNaming.metric(label) == name)
    }

    @Test func `a suffix is there once`() {
        #expect(MetricNaming.metric("requests", suffix: "_total") == "requests_total")
        #expect(MetricNaming.metric("requests_total", suffix: "_total") == "requests_total")
    }

    @Test(arguments: [("le", "le_"), ("quantile", "quantile_"), ("__name__", "_name__"), ("route", "route"), ("a.b", "a_b")])
    func `names of labels that Prometheus keeps for itself give way`(name: String, label: String) {
        #expect(MetricNaming.label(name) == label)
    }

    @Test(arguments: [
        (#"a"b"#, #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), (#"\""#, #"\\\""#), ("a\r\u{2028}b", "a\r\u{2028}b"),
        ("naïve 🇨🇴", "naïve 🇨🇴"),
    ])
    func `values are escaped as the format wants it`(value: String, escaped: String) {
        #expect(MetricNaming.escapedValue(value) == escaped)
    }

    @Test func `a carriage return before a line break hides nothing`() {
        // One Character in Swift, two scalars in the text.
        #expect(MetricNaming.escapedValue("a\r\nb 1\r\n") == "a\r\\nb 1\r\\n")
    }

    @Test func `long values are cut between characters`() {
        let value = MetricNaming.escapedValue(String(repeating: "é", count: 1000))
        #expect(value == String(repeating: "é", count: 64))
        #expect(MetricNaming.metric(String(repeating: "a", count: 1000)).utf8.count == 128)
    }

    @Test func `labels are sorted, each once, and an empty one is none`() {
        #expect(MetricLabels([("b", "2"), ("a", "1"), ("c", ""), ("a", "3")]).text == #"a="3",b="2""#)
        #expect(MetricLabels([("b", "2"), ("a", "1")]) == MetricLabels([("a", "1"), ("b", "2")]))
    }
}
