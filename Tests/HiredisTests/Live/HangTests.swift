import Hiredis
import RedisTesting
import Testing

extension Live {
    @Suite struct HangTests {
        /// Shorter than the limit of the connection, so that the late replies do come, and longer, so that it is closed.
        @Test(arguments: [300, 1500])
        func `while the server hangs everybody is answered in time, and afterwards with the right reply`(milliseconds: Int) async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                for key in 0..<100 { _ = try await client.send(RedisCommand("SET", [.integer(key), .text("value of \(key)")])) }
                server.pause()
                async let late = readAll(client) { _ in .milliseconds(.random(in: 5...900)) }
                try await Task.sleep(for: .milliseconds(milliseconds))
                server.resume()
                let (_, recovery) = try await timed { try await client.reading() }
                #expect(recovery < .seconds(1))
                let after = await readAll(client) { _ in .seconds(10) }
                let hung = await late
                #expect(hung.wrong == 0)
                #expect(hung.slowest < .milliseconds(400))
                if milliseconds > 900 { #expect(hung.failed == 100) }
                #expect(after.wrong == 0)
                #expect(after.failed == 0)
                print("FIGURE hang of \(milliseconds) ms: latest answer \(hung.slowest) after its deadline, recovery \(recovery)")
            }
        }

        @Test func `one impatient caller does not fail the others`() async throws {
            let server = try await PrivateRedis.startOpen("--enable-debug-command", "yes")
            try await server.ask("SET", "key", "value")
            try await Live.withClient(server.configuration) { client async throws in
                try await client.ready()
                let sleep = Task { try await client.send(RedisCommand("DEBUG", ["SLEEP", "0.3"])) }
                // It is under way as soon as a command behind it runs out of time.
                try await eventually { (try? await client.get("key", timeout: .milliseconds(10))) == nil }
                async let patient = withThrowingTaskGroup(of: [UInt8]?.self) { group in
                    for _ in 0..<50 { group.addTask { try await client.get("key", timeout: .seconds(5)) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                for _ in 0..<5 {
                    let (error, time) = try await timed {
                        try await client.failure(of: RedisCommand("INCR", ["n"]), timeout: .milliseconds(10))
                    }
                    #expect(error.code == .deadlineExceeded)
                    #expect(time < .milliseconds(200))
                }
                #expect(try await patient == [[UInt8]?](repeating: Array("value".utf8), count: 50))
                #expect(try await sleep.value == .status("OK"))
                let clients = try await server.ask("CLIENT", "LIST").text ?? ""
                #expect(clients.split(separator: "\n").count { $0.contains("name=usdcop ") } == 1)
            }
        }

        @Test func `cancellation resumes at once while the server hangs`() async throws {
            let server = try await PrivateRedis.startOpen()
            try await Live.withClient(server.configuration) { client async throws in
                try await client.ready()
                server.pause()
                let tasks = (0..<20).map { _ in Task { try await client.failure(of: RedisCommand("INCR", ["n"]), timeout: .seconds(20)) } }
                try await Task.sleep(for: .milliseconds(20))
                let (_, time) = try await timed {
                    for task in tasks {
                        task.cancel()
                        let error = try await task.value
                        #expect(error.code == .cancelled)
                    }
                }
                #expect(time < .milliseconds(500))
                server.resume()
                #expect(try await client.reading() == nil)
            }
        }

        @Test func `a cancelled task sends nothing and waits for nothing`() async throws {
            let server = try await PrivateRedis.startOpen()
            let client = RedisClient(configuration: server.configuration)
            let waiting = Task { try await client.failure(of: RedisCommand("INCR", ["n"]), timeout: .seconds(20)) }
            waiting.cancel()
            let (neverSent, time) = try await timed { try await waiting.value }
            #expect(neverSent.code == .cancelled)
            #expect(neverSent.outcome == .notSent)
            #expect(time < .seconds(1))
            let run = Task { await client.run() }
            try await client.ready()
            let cancelled = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.failure(of: RedisCommand("INCR", ["m"]), timeout: .seconds(20))
            }
            let error = try await cancelled.value
            #expect(error.code == .cancelled)
            #expect(error.outcome == .notSent)
            for key in ["n", "m"] { #expect(try await client.get(key) == nil) }
            run.cancel()
            await run.value
        }

        private struct Tally {
            var wrong = 0
            var failed = 0
            /// The longest time that passed after a deadline before its caller was answered.
            var slowest = Duration.zero
        }

        private func readAll(_ client: RedisClient, timeout: @Sendable @escaping (Int) -> Duration) async -> Tally {
            await withTaskGroup(of: (isRight: Bool?, late: Duration).self) { group in
                for key in 0..<100 {
                    group.addTask {
                        let limit = timeout(key)
                        let (value, time) = await timed { try? await client.get("\(key)", timeout: limit) }
                        return (value.map { $0 == Array("value of \(key)".utf8) }, time - limit)
                    }
                }
                return await group.reduce(into: Tally()) { tally, one in
                    if one.isRight == nil { tally.failed += 1 }
                    if one.isRight == false { tally.wrong += 1 }
                    tally.slowest = max(tally.slowest, one.late)
                }
            }
        }
    }
}

extension RedisClient {
    /// Reads a key that does not exist, until that works.
    @discardableResult
    fileprivate func reading() async throws -> [UInt8]? {
        var value: [UInt8]?
        try await eventually {
            do {
                value = try await get("absent", timeout: .milliseconds(200))
                return true
            } catch {
                return false
            }
        }
        return value
    }
}
