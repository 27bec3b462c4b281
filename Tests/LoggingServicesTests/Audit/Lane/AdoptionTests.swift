import CacheServices
import Foundation
import Hiredis
import NIOPosix
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    @Suite struct AdoptionTests {
        /// Leaves events in a journal as a process would that ends while Redis is away.
        private func leave(_ sentences: [String], before: [String] = [], in state: URL, on server: PrivateRedis) async throws {
            try await withAudit(on: server.configuration, state: state) { audit in
                for sentence in before { _ = try await audit.log(.system(sentence)) }
                server.kill()
                for sentence in sentences { #expect(try await audit.log(.system(sentence)).durability == .spooled) }
            }
        }

        private func files(in state: URL, ending: String) -> [String] {
            let folder = JournalDirectory(stateDirectory: state, namespace: .standard).url
            return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(ending) }.sorted()
        }

        @Test func `the journal of a dead writer is delivered by the next process, in order, and kept as the archive`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always")
            let state = try ScratchDirectory()
            try await leave(["three", "four"], before: ["one", "two"], in: state.url, on: server)
            #expect(files(in: state.url, ending: ".lock").count == 1)
            try await server.start()
            try await withAudit(on: server.configuration, state: state.url) { audit in
                _ = try await audit.log(.system("mine"))
                try await eventually { files(in: state.url, ending: ".lock").count == 1 }
            }
            #expect(files(in: state.url, ending: ".lock").isEmpty)
            #expect(files(in: state.url, ending: ".ndjson").count == 2)
            let records = try await trail(on: server)
            #expect(records.breaks.isEmpty)
            #expect(records.actions.filter { $0 != "mine" } == ["one", "two", "three", "four"])
        }

        @Test func `a journal that lives is left alone`() async throws {
            let server = try await PrivateRedis.start()
            let state = try ScratchDirectory()
            try await withAudit(on: server.configuration, state: state.url) { one in
                _ = try await one.log(.system("one"))
                try await withAudit(on: server.configuration, state: state.url) { two in
                    _ = try await two.log(.system("two"))
                    #expect(files(in: state.url, ending: ".lock").count == 2)
                }
                #expect(files(in: state.url, ending: ".lock").count == 1)
                _ = try await one.log(.system("three"))
            }
            #expect(try await trail(on: server).breaks.isEmpty)
        }

        @Test func `Redis lost what the dead writer knew as acknowledged: the rest goes on under a new writer`() async throws {
            let server = try await PrivateRedis.start()
            let state = try ScratchDirectory()
            try await leave(["three"], before: ["one", "two"], in: state.url, on: server)
            try await server.start()
            try await withAudit(on: server.configuration, state: state.url) { _ in
                try await eventually { try await trail(on: server).count == 2 }
            }
            let records = try await trail(on: server)
            #expect(records.breaks.isEmpty)
            #expect(records.first?.sequence == 1)
            #expect(try records.first?.decodedEntry().metadata?["lost"] == .integer(2))
            #expect(records.actions.last == "three")
        }

        @Test func `the end of a journal that a crash tore is passed by`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes")
            let state = try ScratchDirectory()
            try await leave(["one", "two"], in: state.url, on: server)
            let folder = JournalDirectory(stateDirectory: state.url, namespace: .standard).url
            let file = folder.appendingPathComponent(try #require(files(in: state.url, ending: ".ndjson").first))
            let handle = try FileHandle(forWritingTo: file)
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(#"{"writer":"torn","seq":3,"prev":"00"#.utf8))
            try handle.close()
            try await server.start()
            try await withAudit(on: server.configuration, state: state.url) { _ in
                try await eventually { try await trail(on: server).count == 2 }
                try await eventually { files(in: state.url, ending: ".lock").count == 1 }
            }
            #expect(try await trail(on: server).actions == ["one", "two"])
        }

        @Test func `a copy that a crash left unfinished is discarded, and one that its original names is delivered`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes")
            let state = try ScratchDirectory()
            try await leave(["one", "two"], in: state.url, on: server)
            let directory = JournalDirectory(stateDirectory: state.url, namespace: .standard)
            let original = try #require(directory.undelivered().first)
            let pool = NIOThreadPool.singleton
            // Killed before the original was told: this one has only the first half.
            let unfinished = WriterChain(.make())
            let copy = try await Journal.create(unfinished.writer, in: directory, on: pool)
            _ = try await copy.append([.continues(original, from: 1)], isSynced: true)
            await copy.end(isDelivered: false)
            // Killed before the original was ended, but after it was told.
            let old = try #require(try await Journal.adopt(original, in: directory, on: pool))
            let whole = try await JournalTransplant.run(old, after: 0, promisedThrough: .max, opening: nil)
            await whole.journal.end(isDelivered: false)
            try #require(FileManager.default.createFile(atPath: directory.lockPath(original), contents: nil))
            try await server.start()
            try await withAudit(on: server.configuration, state: state.url) { _ in
                try await eventually { files(in: state.url, ending: ".lock").count == 1 }
            }
            let records = try await trail(on: server)
            #expect(records.actions == ["one", "two"])
            #expect(records.breaks.isEmpty)
            #expect(!directory.days(of: whole.chain.writer).isEmpty)
            #expect(directory.days(of: unfinished.writer).isEmpty)
        }

        @Test func `with no retention nothing is kept of what was delivered`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes")
            let state = try ScratchDirectory()
            try await leave(["one"], in: state.url, on: server)
            try await server.start()
            try await withAudit(on: server.configuration, state: state.url, { $0.retention = .zero }) { _ in
                try await eventually { files(in: state.url, ending: ".ndjson").isEmpty }
            }
            #expect(try await trail(on: server).actions == ["one"])
        }

        @Test func `a cursor that lags behind what Redis has is neither a loss nor a reason to deliver anything twice`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always")
            let state = try ScratchDirectory()
            try await leave(["last"], before: (0..<300).map { "\($0)" }, in: state.url, on: server)
            let directory = JournalDirectory(stateDirectory: state.url, namespace: .standard)
            let writer = try #require(directory.undelivered().first)
            // The disk kept the journal and not the newest page of the cursor.
            try Data("00000000000000000007\n".utf8).write(to: URL(fileURLWithPath: directory.cursorPath(writer)))
            try await server.start()
            try await withAudit(on: server.configuration, state: state.url) { _ in
                try await eventually { try await trail(on: server).count >= 301 }
                try await eventually { files(in: state.url, ending: ".lock").count == 1 }
            }
            let records = try await trail(on: server)
            #expect(records.actions == (0..<300).map { "\($0)" } + ["last"])
            #expect(records.breaks.isEmpty)
        }

        @Test func `the cursor is where it should be as soon as nothing is under way`() async throws {
            let server = try await PrivateRedis.start()
            let state = try ScratchDirectory()
            try await withAudit(on: server.configuration, state: state.url) { audit in
                for number in 0..<5 { _ = try await audit.log(.system("\(number)")) }
                let directory = JournalDirectory(stateDirectory: state.url, namespace: .standard)
                let path = directory.cursorPath(await audit.lane.chain.writer)
                try await eventually { (try? String(contentsOfFile: path, encoding: .utf8))?.hasSuffix("005\n") == true }
            }
        }

        @Test func `a head that somebody made up hides nothing that was promised`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes")
            let state = try ScratchDirectory()
            try await leave(["two"], before: ["one"], in: state.url, on: server)
            let writer = try #require(JournalDirectory(stateDirectory: state.url, namespace: .standard).undelivered().first)
            try await server.start()
            let made = "9999 1-0 " + String(repeating: "a", count: 64)
            try await server.ask("HSET", "usdcop:audit:writers", .text(writer.rawValue), .text(made))
            try await withAudit(on: server.configuration, state: state.url) { _ in
                try await eventually { try await trail(on: server).actions.contains("two") }
            }
        }

        @Test func `whoever looks for journals while many begin finds none without its owner`() async throws {
            let state = try ScratchDirectory()
            let directory = JournalDirectory(stateDirectory: state.url, namespace: .standard)
            let pool = NIOThreadPool.singleton
            let isOver = Mailbox<Bool>()
            let adopting = Task { () -> Int in
                var adopted = 0
                while isOver.value == nil {
                    for writer in directory.undelivered() {
                        if try await Journal.adopt(writer, in: directory, on: pool) != nil { adopted += 1 }
                    }
                    await Task.yield()
                }
                return adopted
            }
            var journals: [Journal] = []
            for _ in 0..<200 { journals.append(try await Journal.create(.make(), in: directory, on: pool)) }
            isOver.value = true
            #expect(try await adopting.value == 0)
            #expect(directory.undelivered().count == journals.count)
            for journal in journals { await journal.end(isDelivered: true) }
        }

        @Test func `a journal goes on over days, and is read as one`() async throws {
            let state = try ScratchDirectory()
            let directory = JournalDirectory(stateDirectory: state.url, namespace: .standard)
            var chain = WriterChain(.make())
            let journal = try await Journal.create(chain.writer, in: directory, on: .singleton)
            for day in ["2025-01-14", "2025-01-15", "2025-01-16"] {
                for number in 0..<3 {
                    let record = chain.append(AuditEvent.system("\(day) \(number)").entry().json)
                    _ = try await journal.append([.record(record), .promised(record.sequence)], isSynced: true, in: day)
                }
            }
            let tail = JournalTail(journal, from: nil, after: 0, promisedThrough: .max)
            let batch = try await tail.next(100)
            #expect(batch.map(\.record.sequence) == Array(1...9))
            await journal.removeDays(before: .now + 3600)
            #expect(directory.days(of: chain.writer) == ["2025-01-16"])
            await journal.end(isDelivered: true)
        }
    }
}
