import NIOCore

/// `/metrics`: what this process counts and measures, for Prometheus. Costs no round trip to Redis.
struct ExpositionController: Sendable {
    let registry: MetricsRegistry
    let collectors: [MetricsCollector]

    var routes: [Route] { [Route("/metrics", .get(.reader, scrape))] }

    @Sendable private func scrape(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let (registry, collectors) = (registry, collectors)
        let text = try await Deadline.run(writes: false) {
            var families = registry.read()
            for collect in collectors { families += await collect() }
            return ExpositionText.of(families)
        }
        return Answer(bytes: ByteBuffer(string: text), type: .prometheus)
    }
}
