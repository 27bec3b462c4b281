/// What `/metrics` answered, line by line.
struct MetricsText: Sendable {
    /// Values by the whole name of a series: `usdcop_cache_mode{mode="redis"}`.
    let values: [String: Double]
    /// The names of metrics with their help.
    let help: [String: String]
    /// The names of metrics with their kind.
    let kinds: [String: String]

    init(_ text: String) {
        var (values, help, kinds) = ([String: Double](), [String: String](), [String: String]())
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# HELP "), words.count == 4 {
                help[String(words[2])] = String(words[3])
            } else if line.hasPrefix("# TYPE "), words.count == 4 {
                kinds[String(words[2])] = String(words[3])
            } else if let space = line.lastIndex(of: " ") {
                values[String(line[..<space])] = Double(line[line.index(after: space)...])
            }
        }
        (self.values, self.help, self.kinds) = (values, help, kinds)
    }

    subscript(series: String) -> Double? { values[series] }

    /// The sum of all series that start so.
    func sum(_ prefix: String) -> Double { values.filter { $0.key.hasPrefix(prefix) }.reduce(0) { $0 + $1.value } }

    /// The names of all samples, without labels.
    var names: Set<String> { Set(values.keys.map { String($0.prefix { $0 != "{" }) }) }
}

extension RunningService {
    /// Scrapes.
    func metrics(headers: [(String, String)] = []) async throws -> MetricsText {
        MetricsText(try await get("/metrics", headers: headers).text)
    }
}
