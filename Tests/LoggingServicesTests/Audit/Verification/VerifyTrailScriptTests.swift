import CacheServices
import Foundation
import Hiredis
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    /// `scripts/verify-trail`, which shares no code with the rest.
    @Suite struct VerifyTrailScriptTests {
        private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../../scripts/verify-trail").standardizedFileURL.path

        private func run(_ arguments: [String], _ environment: [String: String] = [:]) throws -> (code: Int32, said: String) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Self.script)
            process.arguments = arguments
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: said, as: UTF8.self))
        }

        /// A key of another type is Redis' refusal, not an empty trail.
        private func refusals() async throws {
            let server = try await PrivateRedis.start()
            defer { server.stop() }
            try await server.ask("SET", "usdcop:audit:events", "x")
            #expect(try run([], ["REDIS_URL": server.url]).code == 69)
        }

        @Test func `a file is right in one direction, with every entry once and in its own form`() throws {
            var chain: [AuditRecord] = []
            for number in 1...6 {
                // The fourth is no JSON, and goes as base64.
                let entry =
                    number == 4 ? Array("no\njson".utf8) : AuditEvent.system("event \(number)").entry(id: "\(number)", at: .now).json
                let writer = try #require(WriterID("desk"))
                chain.append(AuditRecord(writer: writer, sequence: number, previous: chain.last?.hash ?? .zero, entry: entry))
            }
            let stream = chain.enumerated().map { place, record in
                var record = record
                record.streamID = StreamID(milliseconds: UInt64(place + 1), sequence: 0)
                return record
            }
            let journal = Array("{\"journal\":\"promised\",\"seq\":3}\n".utf8) + ExportFile.ndjson(chain)
            let hidden = ExportFile.ndjson(stream.dropLast()) + Array("{\"journal\":\"x\",".utf8) + stream[5].line.dropFirst() + [0x0a]
            let zigzag = [0, 1, 2, 1, 2, 3, 4, 5].map { stream[$0] }
            let escape = Array("\u{1b}[31m {\"writer\"\n".utf8)
            let spaces = FileManager.default.temporaryDirectory.appendingPathComponent("usdcop \(UUID().uuidString)")
            try FileManager.default.createDirectory(at: spaces, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: spaces) }
            for (contents, code) in [
                (ExportFile.ndjson(stream), 0), (ExportFile.json(stream), 0), (journal, 0), (ExportFile.ndjson(stream.reversed()), 0),
                ([], 0), (ExportFile.ndjson(stream + [stream[2]]), 1), (ExportFile.ndjson(zigzag), 1), (hidden, 1), (escape, 1),
            ] as [([UInt8], Int32)] {
                try ExportFile.with(contents) { file in
                    let result = try run([file.path], ["TMPDIR": spaces.path])
                    #expect(result.code == code, "\(result.said)")
                    #expect(!result.said.contains("\u{1b}"))
                }
            }
            let lines = try String(contentsOfFile: Self.script, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: true)
            #expect(lines.count <= 30)
        }

        @Test func `it agrees with the verifier on a live trail, an export and damaged ones`() async throws {
            let server = try await PrivateRedis.start(namespaces: ["attacked", "empty"])
            defer { server.stop() }
            try await RedisClient.withClient(server.unrestricted, logger: .silent) { client in
                let trail = try await TestTrail.trimmed(client)
                let environment = ["REDIS_URL": server.url, "USDCOP_NAMESPACE": "attacked"]
                let live = try run([], environment)
                #expect(live.code == 0, "\(live.said)")
                #expect(live.said.hasPrefix("200 entries"))
                #expect(try run([], ["REDIS_URL": server.url, "USDCOP_NAMESPACE": "empty"]).code == 0)

                let records = trail.copy.records
                for contents in [ExportFile.ndjson(records), ExportFile.json(records), ExportFile.ndjson(records.reversed())] {
                    try ExportFile.with(contents) { file in
                        let result = try run([file.path])
                        #expect(result.code == 0, "\(result.said)")
                    }
                }

                var random = SeededGenerator(seed: 3)
                for attack in [TrailAttack.editEntry, .editEntryAndHash, .deleteOne, .insertJunk, .swapNeighbours] {
                    var copy = trail.copy
                    while attack.apply(to: &copy, &random) == nil { copy = trail.copy }
                    try await copy.install(client, namespace: "attacked", restoringCounters: true)
                    let verdict = try await AuditVerifier(maximumEvents: 200).verify(client, namespace: "attacked")
                    let result = try run([], ["REDIS_URL": server.url, "USDCOP_NAMESPACE": "attacked"])
                    // An edit of a writer's last event and two writers' neighbours leave every link right.
                    let isSeenByChains = try await AuditVerifier(maximumEvents: 200).chainsAlone(client, copy)
                    #expect(result.code == (isSeenByChains ? 1 : 0), "\(attack) \(result.said) \(verdict.breaks)")
                    if attack == .editEntry, let id = verdict.breaks.first?.place.streamID { #expect(result.said.contains("\(id)")) }
                }
            }
            try await refusals()
            #expect(try run(["/nonexistent"]).code == 74)
            #expect(try run([], ["REDIS_URL": "redis://127.0.0.1:\(try FreePort.find())/0"]).code == 69)
            #expect(try run(["--help"]).code == 64)
        }
    }
}

extension AuditVerifier {
    /// What the chains of a trail tell without checkpoints.
    fileprivate func chainsAlone(_ client: RedisClient, _ copy: TrailCopy) async throws -> Bool {
        var evidence = TrailEvidence()
        for entry in copy.events.entries { evidence.add(entry, key: nil) }
        return !TrailExamination.verdict(evidence, key: nil, anchor: nil).isSound
    }
}
