import Hiredis
import NIOCore
import NIOPosix
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

/// Clients that take their time, or the server's.
@Suite(.takesTurns, .serialized, .timeLimit(.minutes(1)))
struct SlowClientTests {
    /// Short times, so that what takes seconds in production takes a moment here.
    private static let quick: @Sendable (inout Settings) -> Void = {
        $0.limits.headerTimeout = .milliseconds(300)
        $0.requestTimeout = .milliseconds(400)
        $0.idleTimeout = .milliseconds(500)
        $0.limits.stallTimeout = .milliseconds(500)
    }

    /// Sends something, then byte by byte something else, and answers how long the server took it.
    private static func drip(_ port: Int, after first: String, _ piece: String) async throws -> Duration {
        try await RawConnection.open(port: port) { (connection) async throws in
            let begin = ContinuousClock.now
            if !first.isEmpty { try await connection.send(first) }
            return try await withThrowingTaskGroup(of: Void.self) { group in
                let sender = connection.sender
                group.addTask {
                    for _ in 0..<500 {
                        try await Task.sleep(for: .milliseconds(20))
                        guard (try? await sender.write(ByteBuffer(string: piece))) != nil else { return }
                    }
                }
                try await connection.drain()
                group.cancelAll()
                return begin.duration(to: .now)
            }
        }
    }

    static let drips: [(name: String, first: String, piece: String)] = [
        ("a head", "GET /livez HTTP/1.1\r\n", "X-A: b\r\n"),
        ("a head, letter by letter", "", "G"), ("empty lines", "", "\r\n"),
        ("a second head", "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", "G"),
        (
            "a body",
            "PUT /api/cache/metrics/custom/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n",
            " "
        ),
        (
            "chunks",
            "PUT /api/cache/metrics/custom/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1\r\n \r\n"
        ),
        (
            "an extension of a chunk",
            "PUT /api/cache/metrics/custom/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1;a",
            "b"
        ),
        ("a body that nobody reads", "POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n", " "),
        ("after something that is no HTTP", "NONSENSE\r\n\r\n", "x"),
    ]

    @Test(arguments: drips)
    func `whoever drips is cut off`(drip: (name: String, first: String, piece: String)) async throws {
        try await RunningService.with(Self.quick) { (service) async throws in
            let time = try await Self.drip(service.port, after: drip.first, drip.piece)
            #expect(time < .seconds(4), "\(drip.name): \(time)")
            #expect(try await service.get("/livez").status == 200)
        }
    }

    @Test func `whoever asks for much and takes nothing is cut off`() async throws {
        try await RunningService.with(Self.quick) { (service) async throws in
            try await RawConnection.lend(port: service.port, receiveBuffer: 4096) { (lent) async throws in
                let connection = lent
                let request = "GET /elements.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
                let begin = ContinuousClock.now
                // Answers fill every buffer on the way; then nothing moves, and the connection ends under whoever goes on to send.
                while (try? await connection.send(String(repeating: request, count: 100))) != nil, begin.duration(to: .now) < .seconds(20) {
                    try await Task.sleep(for: .milliseconds(10))
                }
                #expect(begin.duration(to: .now) < .seconds(10))
            }
            #expect(try await service.get("/livez").status == 200)
        }
    }

    @Test func `whoever takes an answer slowly but steadily gets all of it`() async throws {
        try await RunningService.with(Self.quick) { (service) async throws in
            try await RawConnection.lend(port: service.port, receiveBuffer: 16 * 1024) { (lent) async throws in
                var connection = lent
                let request = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
                // More than the kernel takes off the service's hands.
                try await connection.send(String(repeating: request, count: 60))
                let begin = ContinuousClock.now
                for _ in 0..<60 {
                    // Each takes longer than nothing may be taken, until it has been shown.
                    let isSlow = begin.duration(to: .now) < .seconds(3)
                    let reply = try #require(try await connection.reply(pausing: isSlow ? .milliseconds(20) : nil))
                    #expect(reply.status == 200)
                    #expect(reply.body.count > 100_000)
                }
            }
        }
    }

    @Test func `whoever says that it sends nothing more still gets all of its answers`() async throws {
        try await RunningService.with { (service) async throws in
            try await RawConnection.lend(port: service.port, receiveBuffer: 16 * 1024) { (lent) async throws in
                var connection = lent
                try await connection.send(String(repeating: "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 20))
                connection.finishSending()
                // The service has written all of it long before it is taken.
                for number in 0..<20 {
                    let reply = try #require(try await connection.reply(pausing: number == 0 ? .milliseconds(50) : nil))
                    #expect(reply.body.count > 100_000)
                }
            }
        }
    }

    @Test func `a connection whose last answer was given ends, whatever was sent behind it`() async throws {
        try await RunningService.with { (service) async throws in
            let last = [
                "GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET /livez HTTP/1.1\r\nHost: localhost\r\nUpgrade: x\r\n\r\n",
                "POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}",
            ]
            for request in last {
                try await RawConnection.open(port: service.port) { (connection) async throws in
                    try await connection.send(request + request + request)
                    try await connection.drain()
                    // The client does not close it; the service does, and then nothing can be sent any more.
                    let sender = connection.sender
                    try await eventually(within: .seconds(4)) { (try? await sender.write(ByteBuffer(string: "x"))) == nil }
                }
            }
        }
    }

    @Test func `idle connections beyond the limit make room for new ones, the oldest first`() async throws {
        try await RunningService.with {
            $0.maximumConnections = 20
        } _: { (service) async throws in
            // All at once from one task: a group of its own would be one more thing to wait for.
            var idle: [any Channel] = []
            for _ in 0..<60 {
                idle.append(
                    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: service.port)
                        .get())
            }
            defer { for channel in idle { channel.close(promise: nil) } }
            for _ in 0..<10 { #expect(try await service.get("/livez").status == 200) }
            let (first, last) = (idle[0], idle[59])
            try await eventually { !first.isActive }
            #expect(last.isActive)
            try await eventually { idle.filter(\.isActive).count <= 20 }
        }
    }

    @Test func `when every connection is at work a new one is told to come again`() async throws {
        try await RunningService.with {
            ($0.maximumConnections, $0.maximumStreams) = (4, 4)
        } _: { (service) async throws in
            try await EventStreamClient.open(port: service.port) { (_) async throws in
                try await EventStreamClient.open(port: service.port) { (_) async throws in
                    try await EventStreamClient.open(port: service.port) { (_) async throws in
                        // The fourth is at work, too: it sends a body.
                        try await RawConnection.open(port: service.port) { (busy) async throws in
                            try await busy.send(
                                "PUT /api/cache/metrics/custom/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"val"
                            )
                            // Until its head was read it waits, and would be given up for the next.
                            try await eventually { Self.requestsInFlight(service) == 1 }
                            #expect(await Self.isToldToComeAgain(service.port))
                            // What it sent along was not done: it may try elsewhere.
                            let write =
                                "PUT /api/cache/metrics/custom/refused HTTP/1.1\r\nHost: localhost\r\n"
                                + "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"value\": 1}"
                            #expect(await Self.isToldToComeAgain(service.port, sending: write))
                            try await busy.send("ue\": 1}")
                            #expect(try await busy.reply()?.status == 200)
                            #expect(try await service.redis.ask("EXISTS", "usdcop:metrics:custom:refused").integer == 0)
                            // Now it waits, and is given up for who asks something.
                            #expect(try await service.get("/livez").status == 200)
                        }
                    }
                }
            }
        }
    }

    /// Asked within the process: a connection that asks would take a place.
    private static func requestsInFlight(_ service: RunningService) -> Double? {
        let family = service.service.registry.read().first { $0.name == "usdcop_http_requests_in_flight" }
        guard case .number(let count)? = family?.points.first?.value else { return nil }
        return count
    }

    private static func isToldToComeAgain(_ port: Int, sending request: String = "") async -> Bool {
        let reply = try? await RawConnection.open(port: port) { (connection) async throws in
            if !request.isEmpty { try await connection.send(request) }
            return try await connection.reply()
        }
        return reply?.status == 503 && reply?["Retry-After"] == "1"
    }

    /// Things without an end, and how much of them is sent at most.
    static let floods: [(name: String, first: String, piece: String)] = [
        (
            "a body in chunks",
            "PUT /api/cache/metrics/custom/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1000\r\n" + String(repeating: " ", count: 4096) + "\r\n"
        ),
        (
            "an extension of a chunk",
            "PUT /api/cache/metrics/custom/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1;",
            String(repeating: "a", count: 4096)
        ),
        (
            "another protocol", "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
            String(repeating: "a", count: 4096)
        ),
        ("a tunnel", "CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n", String(repeating: "a", count: 4096)),
        ("empty lines", "", String(repeating: "\r\n", count: 2048)),
        ("a header", "GET / HTTP/1.1\r\nX: ", String(repeating: "a", count: 4096)),
        ("headers", "GET / HTTP/1.1\r\n", String(repeating: "X-A: b\r\n", count: 512)),
        ("an address", "GET /", String(repeating: "a", count: 4096)),
        (
            "a body for nobody", "POST /nothing HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1000\r\n" + String(repeating: " ", count: 4096) + "\r\n"
        ),
    ]

    @Test(arguments: floods)
    func `what has no end is cut off, and no memory goes into it`(flood: (name: String, first: String, piece: String)) async throws {
        try await RunningService.with { (service) async throws in
            func send() async throws -> Int {
                try await RawConnection.open(port: service.port) { (connection) async throws in
                    if !flood.first.isEmpty { try await connection.send(flood.first) }
                    var sent = 0
                    while sent < 1 << 30, (try? await connection.send(flood.piece)) != nil { sent += flood.piece.utf8.count }
                    return sent
                }
            }
            // Client and server are one process: what both need at all comes with the first.
            #expect(try await send() < 1 << 30, "\(flood.name)")
            let before = ResidentMemory.bytes ?? 0
            var growth: [Int] = []
            for _ in 0..<8 {
                #expect(try await send() < 1 << 30, "\(flood.name)")
                growth.append((ResidentMemory.bytes ?? 0) - before)
            }
            // What is under way, and the allocator's steps, come and go: the least of the last ones is what stayed.
            #expect(ResidentMemory.isSanitized || growth.suffix(4).min() ?? 0 < 48 << 20, "\(flood.name): \(growth)")
            #expect(try await service.get("/livez").status == 200)
        }
    }

    @Test func `thousands of requests sent ahead are answered in order`() async throws {
        try await RunningService.with { (service) async throws in
            let count = 5000
            try await RawConnection.open(port: service.port) { (connection) async throws in
                let sender = connection.sender
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for batch in 0..<(count / 100) {
                            let requests = (0..<100).map {
                                "GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: r\(batch * 100 + $0)\r\n\r\n"
                            }
                            try await sender.write(ByteBuffer(string: requests.joined()))
                        }
                    }
                    for number in 0..<count { #expect(try await connection.reply()?["X-Request-ID"] == "r\(number)") }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test(arguments: [false, true])
    func `clients that go away at any moment leave nothing behind, and are no errors of the service`(isTorn: Bool) async throws {
        try await RunningService.with { (service) async throws in
            let request =
                "PUT /api/cache/metrics/custom/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"value\": 1}"
            for length in stride(from: 0, through: request.utf8.count, by: 3) {
                try await RawConnection.lend(port: service.port, isTorn: isTorn) { (connection) async throws in
                    if length > 0 { try await connection.send(Array(request.utf8.prefix(length))) }
                    // Its head was read, and its body is waited for.
                    if length > request.utf8.count - 12, length < request.utf8.count {
                        try await eventually { Self.requestsInFlight(service) == 1 }
                    }
                }
                if length > request.utf8.count - 12 { try await eventually { Self.requestsInFlight(service) == 0 } }
            }
            #expect(service.log.messages.filter { $0.contains("a request failed") } == [])
            try await eventually { try await service.metrics()["usdcop_http_requests_in_flight"] == 1 }
            #expect(try await service.get("/livez").status == 200)
        }
    }
}
