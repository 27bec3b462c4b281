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

        @Test func `it agrees with the verifier on a live trail, an export and damaged ones`() async throws {
            let server = try await PrivateRedis.start()
            defer { server.stop() }
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
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
