/// Writes metrics in Prometheus' text format 0.0.4, by names that OpenMetrics takes as well.
///
/// Metrics are sorted by name and series by labels, so that two scrapes differ only in their values. Of two metrics with one name and one
/// kind, the series come together; one of another kind is left out, and so are series that were there before.
struct ExpositionText {
    private var text = ""

    /// The text of metrics.
    static func of(_ families: [MetricFamily]) -> String {
        var text = ExpositionText()
        var leftOut = 0
        for var family in merged(families, &leftOut) {
            leftOut += max(0, family.points.count - MetricFamily.maximumPoints - 1)
            family.points = Array(family.points.prefix(MetricFamily.maximumPoints + 1))
            text.add(family)
        }
        let help = "Series of this scrape that are not shown: there are too many, or they contradict others."
        text.add(.gauge("usdcop_metrics_left_out", help, Double(leftOut)))
        return text.text
    }

    private static func merged(_ families: [MetricFamily], _ leftOut: inout Int) -> [MetricFamily] {
        var byName: [String: MetricFamily] = [:]
        for family in families {
            var merged = byName[family.name] ?? MetricFamily(name: family.name, help: family.help, kind: family.kind, points: [])
            guard merged.kind == family.kind else {
                leftOut += family.points.count
                continue
            }
            var known = Set(merged.points.map(\.labels))
            for point in family.points {
                if known.insert(point.labels).inserted { merged.points.append(point) } else { leftOut += 1 }
            }
            merged.points.sort { $0.labels.text < $1.labels.text }
            byName[family.name] = merged
        }
        return byName.values.filter { !$0.points.isEmpty }.sorted { $0.name < $1.name }
    }

    private mutating func add(_ family: MetricFamily) {
        text += "# HELP \(family.name) \(MetricNaming.escapedHelp(family.help))\n# TYPE \(family.name) \(family.kind.rawValue)\n"
        for point in family.points {
            switch point.value {
            case .number(let number): line(family.name, point.labels.text, Self.number(number))
            case .histogram(let reading): add(reading, family.name, point.labels.text)
            }
        }
    }

    private mutating func add(_ reading: HistogramReading, _ name: String, _ labels: String) {
        let counts = reading.cumulativeCounts
        let before = labels.isEmpty ? "" : labels + ","
        for (bound, count) in zip(reading.bounds.map(Self.number) + ["+Inf"], counts) {
            line(name + "_bucket", "\(before)le=\"\(bound)\"", String(count))
        }
        line(name + "_sum", labels, Self.number(reading.sum))
        line(name + "_count", labels, String(counts.last ?? 0))
    }

    private mutating func line(_ name: String, _ labels: String, _ value: String) {
        text += name
        if !labels.isEmpty { text += "{\(labels)}" }
        text += " \(value)\n"
    }

    /// A number as Prometheus reads it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        // Whole numbers that a Double holds exactly need no fraction.
        if value == value.rounded(), abs(value) < 9_007_199_254_740_992 { return String(Int64(value)) }
        return "\(value)"
    }
}
