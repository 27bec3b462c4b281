import Hiredis
import RedisTesting
import Testing

extension Live {
    @Suite struct OutageTests {
        private let ping = RedisCommand("PING", access: .read)

        @Test func `in an outage commands fail at once, and go through within a second of its end`() async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                try await client.ready()
                var slowest = Duration.zero
                let rounds = Live.isSoak ? 100 : 3
                for _ in 0..<rounds {
                    server.kill()
                    let open = try await client.circuitOpen()
                    #expect(open.outcome == .notSent)
                    #expect(open.underlying != nil)
                    var times: [Duration] = []
                    for _ in 0..<200 { times.append(try await timed { try await client.failure(of: RedisCommand("INCR", ["n"])) }.time) }
                    times.sort()
                    #expect(times[100] < .milliseconds(5))
                    // A busy machine may suspend us for a while, but nobody waited for the deadline of a second.
                    #expect(times[199] < .milliseconds(900))
                    try await server.start()
                    let (_, recovery) = try await timed { try await client.ready() }
                    slowest = max(slowest, recovery)
                    #expect(try await client.send(ping) == .status("PONG"))
                }
                print("FIGURE slowest of \(rounds) recoveries after kill and restart: \(slowest)")
                #expect(slowest < .seconds(1))
            }
        }

        @Test func `a command that is issued while disconnected waits for the connection, not longer than its deadline`() async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                try await client.ready()
                server.kill()
                try await client.status { !$0.isReady }
                let (error, time) = try await timed {
                    try await client.failure(of: RedisCommand("INCR", ["n"]), timeout: .milliseconds(60))
                }
                #expect(error.outcome == .notSent)
                #expect(time < .milliseconds(600))
                try await client.circuitOpen()
                try await server.start()
                try await client.ready()
                // A connection that is only cut is replaced before anybody notices.
                try await server.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                #expect(try await client.send(RedisCommand("INCR", ["m"]), timeout: .seconds(5)).integer.map { $0 <= 2 } == true)
            }
        }

        @Test func `a server that appears later is found`() async throws {
            let server = try PrivateRedis(users: .open)
            try await Live.withClient(server.configuration) { client async throws in
                try await client.circuitOpen()
                guard case .away(let error) = client.status else { return #expect(Bool(false), "not away") }
                #expect(error.code == .unreachable)
                try await server.start()
                let (_, time) = try await timed { try await client.ready() }
                #expect(time < .seconds(1))
            }
        }

        @Test func `status updates tell every phase in order`() async throws {
            let server = try PrivateRedis(users: .open)
            let client = RedisClient(configuration: server.configuration)
            #expect(client.status.name == "connecting")
            var seen: [String] = []
            var updates = client.statusUpdates().makeAsyncIterator()
            func next(_ name: String) async throws {
                while let status = await updates.next() {
                    if seen.last != status.name { seen.append(status.name) }
                    if status.name == name { return }
                }
                throw NeverHappened()
            }
            let run = Task { await client.run() }
            try await next("away")
            try await server.start()
            try await next("ready")
            server.kill()
            try await next("away")
            try await server.start()
            try await next("ready")
            run.cancel()
            try await next("shutDown")
            #expect(await updates.next() == nil)
            await run.value
            #expect(seen.drop { $0 == "connecting" } == ["away", "ready", "away", "ready", "shutDown"])
            var late = client.statusUpdates().makeAsyncIterator()
            #expect(await late.next()?.name == "shutDown")
            #expect(await late.next() == nil)
        }

        @Test(arguments: [true, false])
        func `packets that vanish are noticed, and the connection is replaced when they pass again`(isShort: Bool) async throws {
            let server = try await PrivateRedis.startOpen()
            let proxy = try await CuttingProxy.start(inFrontOf: server.port)
            try await Live.withClient(Live.configuration(port: proxy.port)) { client async throws in
                try await client.ready()
                proxy.setBlackHole(true)
                let (error, time) = try await timed {
                    try await client.failure(of: RedisCommand("INCR", ["n"]), timeout: .milliseconds(300))
                }
                #expect(error.outcome == .unknown)
                #expect(time < .seconds(1))
                if !isShort { try await client.circuitOpen() }
                proxy.setBlackHole(false)
                try await client.status { !$0.isReady }
                try await client.ready()
                #expect(try await client.get("n", timeout: .seconds(5)) == nil)
                #expect(proxy.connections >= 2)
            }
            try await proxy.stop()
        }
    }
}
