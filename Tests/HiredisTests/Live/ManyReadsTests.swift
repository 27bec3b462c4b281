import Hiredis
import RedisTesting
import Testing

extension Live {
    /// A late reply never reaches another caller: half of the readers give up at random while the server stutters.
    @Suite struct ManyReadsTests {
        private static let keys = 200
        private let reads = Live.isSoak ? 1_000_000 : 100_000
        private let callers = 100

        private struct Tally {
            var wrong = 0
            /// Reads with a generous deadline that failed.
            var failed = 0
            var answered = 0
            var givenUp = 0
        }

        @Test func `no reply reaches another caller, and nobody fails for those who gave up`() async throws {
            let server = try await PrivateRedis.startOpen("--enable-debug-command", "yes")
            var configuration = server.configuration
            configuration.stallTimeout = .seconds(30)
            let reads = reads
            try await Live.withClient(configuration) { client async throws in
                for key in 0..<Self.keys { _ = try await client.send(RedisCommand("SET", [.integer(key), .text("value of \(key)")])) }
                let stutter = Task { try await self.stutter(server) }
                let (tally, time) = await timed { await readAll(client) }
                stutter.cancel()
                _ = await stutter.result
                print("FIGURE \(reads) reads in \(time): \(tally)")
                #expect(tally.wrong == 0)
                #expect(tally.failed == 0)
                #expect(tally.answered + tally.givenUp == reads)
                // Neither half may have vanished, or this has tested nothing.
                #expect(tally.answered >= reads / 2)
                #expect(tally.givenUp > reads / 20)
                let connections = try await server.ask("CLIENT", "LIST").text ?? ""
                #expect(connections.split(separator: "\n").count { $0.contains("name=usdcop ") } == 1)
            }
        }

        /// Slows the server now and then, in the two ways that a server can be slow.
        private func stutter(_ server: PrivateRedis) async throws {
            while true {
                try await server.ask("CLIENT", "PAUSE", .integer(Int.random(in: 1...30)), "ALL")
                try await Task.sleep(for: .milliseconds(.random(in: 10...100)))
                try await server.ask("DEBUG", "SLEEP", .text("0.0\(Int.random(in: 1...4))"))
                try await Task.sleep(for: .milliseconds(.random(in: 10...100)))
            }
        }

        private func readAll(_ client: RedisClient) async -> Tally {
            await withTaskGroup(of: Tally.self) { group in
                for _ in 0..<callers {
                    group.addTask {
                        var tally = Tally()
                        for _ in 0..<reads / callers { await read(client, &tally) }
                        return tally
                    }
                }
                return await group.reduce(into: Tally()) { sum, one in
                    sum.wrong += one.wrong
                    sum.failed += one.failed
                    sum.answered += one.answered
                    sum.givenUp += one.givenUp
                }
            }
        }

        private func read(_ client: RedisClient, _ tally: inout Tally) async {
            let key = Int.random(in: 0..<Self.keys)
            let isPatient = Bool.random()
            let value = isPatient ? try? await client.get("\(key)", timeout: .seconds(60)) : await impatientRead(client, key)
            if let value {
                tally.answered += 1
                if value != Array("value of \(key)".utf8) { tally.wrong += 1 }
            } else {
                tally.givenUp += 1
                if isPatient { tally.failed += 1 }
            }
        }

        /// A read that is cancelled or has a tiny deadline.
        private func impatientRead(_ client: RedisClient, _ key: Int) async -> [UInt8]? {
            let time = Duration.microseconds(.random(in: 0...3000))
            guard Bool.random() else { return try? await client.get("\(key)", timeout: time) }
            return await withTaskGroup(of: [UInt8]?.self) { group in
                group.addTask { try? await client.get("\(key)", timeout: .seconds(60)) }
                group.addTask {
                    try? await Task.sleep(for: time)
                    return nil
                }
                defer { group.cancelAll() }
                return await group.next() ?? nil
            }
        }
    }
}
