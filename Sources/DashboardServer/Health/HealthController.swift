import CacheServices

/// `/livez` and `/readyz`, which cost no round trip, and `/api/cache/stats`.
struct HealthController: Sendable {
    let backend: BackendReport
    let stream: StreamHub

    var routes: [Route] {
        [
            Route("/livez", .get(nil, live)).asProbe(),
            Route("/readyz", .get(nil, ready)).asProbe(),
            Route("/api/cache/stats", .get(.reader, stats)),
        ]
    }

    /// Answers as long as the process does; never touches Redis.
    @Sendable private func live(_ call: Call) async throws -> Answer {
        try call.noQuery()
        return Answer(["status": "alive"])
    }

    @Sendable private func ready(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let status = backend.client.status
        let readiness = Readiness(status)
        let members = readiness.members(of: status)
        guard readiness.isReady else {
            throw Problem(.notReady, readiness.reasons.map(\.sentence).joined(separator: " "), members: members)
        }
        return Answer(.object(members))
    }

    @Sendable private func stats(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let stats = try await Deadline.run(writes: false) { try await backend.client.getStats() }
        return Answer(await backend.value(stats, events: stream.trouble))
    }
}
