import CacheServices
import Foundation
import Hiredis
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    @Suite struct ClearTests {
        private let key = AuditSigningKey(contents: Array("0123456789abcdef0123456789abcdef".utf8))

        @Test func `clearing exports everything first, leaves its own record, and is no break`() async throws {
            let server = try await PrivateRedis.start()
            let state = try ScratchDirectory()
            try await withAudit(on: server.configuration, state: state.url, { $0.signingKey = key }) { audit in
                for number in 0..<20 { _ = try await audit.log(.system("event \(number)")) }
                let cleared = try await audit.clearAuditTrail(reason: "end of the trial", userID: "compliance")
                #expect(cleared.count == 20)
                #expect(cleared.receipt.entry.userID == "compliance")
                let lines = try String(contentsOf: cleared.archive, encoding: .utf8).split(separator: "\n")
                #expect(lines.count == 20)
                let record = try #require(ClearRecord(entry: cleared.receipt.entry.json))
                #expect(record.lastCheckpoint == 1)
                _ = try await audit.log(.system("afterwards"))
                let verdict = try await audit.verify()
                #expect(verdict.breaks.isEmpty)
                let archived = try await AuditVerifier(key: key).verify(file: cleared.archive)
                #expect(archived.breaks.isEmpty)
            }
            let actions = try await trail(on: server).actions
            #expect(actions.count == 2)
            #expect(actions.last == "afterwards")
        }

        @Test func `without a reason or a place for the export nothing is cleared`() async throws {
            let server = try await PrivateRedis.start()
            try await withAudit(on: server.configuration) { audit in
                _ = try await audit.log(.system("one"))
                for (reason, code) in [("", AuditError.Code.invalid), ("why not", .misconfigured)] {
                    let error = await #expect(throws: AuditError.self) { try await audit.clearAuditTrail(reason: reason) }
                    #expect(error?.code == code)
                }
            }
            #expect(try await trail(on: server).actions == ["one"])
        }

        @Test func `events that arrive meanwhile are never removed without being exported`() async throws {
            let server = try await PrivateRedis.start()
            let state = try ScratchDirectory()
            let answers = Answers()
            let archive = try await withAudit(on: server.configuration, state: state.url) { audit in
                let cleared = Mailbox<AuditClearance>()
                try await answers.load(audit, callers: 2) {
                    try await eventually { answers.recorded.count > 100 }
                    cleared.value = try await audit.clearAuditTrail(reason: "under load")
                    let before = answers.recorded.count
                    try await eventually { answers.recorded.count > before + 20 }
                }
                return cleared.value
            }
            let cleared = try #require(archive)
            let archived = try String(contentsOf: cleared.archive, encoding: .utf8).split(separator: "\n")
            let kept = archived.compactMap { AuditRecord(line: $0.utf8) }.actions + (try await trail(on: server).actions)
            #expect(Set(answers.recorded).isSubset(of: Set(kept)))
        }
    }
}

extension Live.ClearTests {
    @Test func `a process without the key leaves a signed trail to those who have it`() async throws {
        let server = try await PrivateRedis.start()
        let key = AuditSigningKey(contents: Array("0123456789abcdef0123456789abcdef".utf8))
        try await withAudit(on: server.configuration, { $0.signingKey = key }) { audit in
            _ = try await audit.log(.system("signed"))
            #expect(try await audit.signer?.checkpointNow()?.signature != nil)
        }
        let state = try ScratchDirectory()
        try await withAudit(on: server.configuration, state: state.url) { audit in
            _ = try await audit.log(.system("later"))
            #expect(try await audit.signer?.checkpointNow() == nil)
            let error = await #expect(throws: AuditError.self) { try await audit.clearAuditTrail(reason: "without the key") }
            #expect(error?.code == .misconfigured)
        }
        try await withAudit(on: server.configuration, { $0.signingKey = key }) { audit in
            let verdict = try await audit.verify()
            #expect(verdict.breaks.isEmpty)
        }
    }
}
