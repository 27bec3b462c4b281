import Testing

@testable import DashboardServer

struct ExpositionTextTests {
    @Test func `metrics are sorted, with help and type`() {
        let text = ExpositionText.of([
            .gauge("usdcop_b", "Second.", 2.5), .counter("usdcop_a", "First \\ with a\nbreak.", [MetricPoint(7, labels: [("x", "y")])]),
        ])
        #expect(
            text == """
                # HELP usdcop_a_total First \\\\ with a\\nbreak.
                # TYPE usdcop_a_total counter
                usdcop_a_total{x="y"} 7
                # HELP usdcop_b Second.
                # TYPE usdcop_b gauge
                usdcop_b 2.5
                # HELP usdcop_metrics_left_out Series of this scrape that are not shown: there are too many, or they contradict others.
                # TYPE usdcop_metrics_left_out gauge
                usdcop_metrics_left_out 0

                """)
    }

    @Test func `a histogram has cumulative buckets, the last of them of everything, sum and count`() {
        let reading = HistogramReading(bounds: [0.5, 1], counts: [2, 0, 3], sum: 7.25)
        let text = ExpositionText.of([
            MetricFamily(name: "d", help: "D.", kind: .histogram, points: [MetricPoint(MetricLabels([("a", "b")]), .histogram(reading))])
        ])
        #expect(
            text.contains(
                """
                # TYPE d histogram
                d_bucket{a="b",le="0.5"} 2
                d_bucket{a="b",le="1"} 2
                d_bucket{a="b",le="+Inf"} 5
                d_sum{a="b"} 7.25
                d_count{a="b"} 5

                """))
    }

    @Test(arguments: [
        (0, "0"), (-0.0, "0"), (1, "1"), (1.5, "1.5"), (-3, "-3"), (0.00005, "5e-05"), (1e300, "1e+300"), (.infinity, "+Inf"),
        (-.infinity, "-Inf"), (9_007_199_254_740_993, "9007199254740992.0"), (1_795_641_316.59, "1795641316.59"),
    ])
    func `numbers are written as Prometheus reads them`(number: Double, text: String) {
        #expect(ExpositionText.number(number) == text)
    }

    @Test func `no number is written as one`() { #expect(ExpositionText.number(.nan) == "NaN") }

    @Test func `one name comes once, and what contradicts it is left out and counted`() {
        let text = ExpositionText.of([
            .gauge("usdcop_a", "First.", [MetricPoint(1, labels: [("x", "1")])]),
            .gauge("usdcop_a", "Again.", [MetricPoint(2, labels: [("x", "2")]), MetricPoint(9, labels: [("x", "1")])]),
            MetricFamily(name: "usdcop_a", help: "Other.", kind: .counter, points: [MetricPoint(3)]), .gauge("usdcop_empty", "None.", []),
        ])
        #expect(text.contains("# HELP usdcop_a First.\n# TYPE usdcop_a gauge\nusdcop_a{x=\"1\"} 1\nusdcop_a{x=\"2\"} 2\n"))
        #expect(text.components("# TYPE usdcop_a ") == 1)
        #expect(text.contains("\nusdcop_metrics_left_out 2\n"))
        #expect(!text.contains("usdcop_empty"))
    }

    @Test func `a collector cannot show more series than the bound`() {
        let points = (0..<10_000).map { MetricPoint(1, labels: [("name", "n\($0)")]) }
        let text = ExpositionText.of([.gauge("usdcop_many", "Many.", points)])
        #expect(text.components("usdcop_many{") == MetricFamily.maximumPoints + 1)
        #expect(text.contains("\nusdcop_metrics_left_out \(10_000 - MetricFamily.maximumPoints - 1)\n"))
    }
}

extension String {
    /// How often a text stands in this one.
    func components(_ part: String) -> Int { ranges(of: part).count }
}
