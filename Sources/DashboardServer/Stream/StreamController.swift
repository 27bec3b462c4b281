import HTTPTypes

/// `GET /api/stream`: what happens, as it happens, as Server-Sent Events.
struct StreamController: Sendable {
    let hub: StreamHub

    var routes: [Route] { [Route("/api/stream", .get(.reader, stream))] }

    @Sendable private func stream(_ call: Call) async throws -> Answer {
        let query = try StreamQuery(call.query, call.headers)
        let slot = try hub.reserve(for: call.counted)
        let session = StreamSession(hub: hub, topics: query.topics, resumption: query.resumption, slot: slot)
        // Proxies must neither keep it nor gather it.
        return Answer(
            live: { channel, write in try await session.run(on: channel, write) },
            headers: [.cacheControl: "no-store", .accelBuffering: "no"])
    }
}
