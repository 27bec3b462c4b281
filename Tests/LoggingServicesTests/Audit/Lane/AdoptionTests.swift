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
    }
}
