import CacheServices
import Foundation
import Hiredis
import LoggingServices
import RedisTesting
import TestTurns
import Testing

@Suite("usdcop audit verify and clear", .takesTurns, .timeLimit(.minutes(2)))
struct AuditVerifyTests {
    @Test func `an untouched trail is sound, and one without an entry broken at a place`() async throws {
        try await Program.withRedis { program, redis async throws in
            try await program.run("audit", "log", "SYSTEM_EVENT", input: AuditCommandTests.events(0..<6))
            let scratch = try ScratchDirectory()
            let good = scratch.url.appendingPathComponent("good.ndjson").path
            try await program.run("audit", "export", "--out", good)
            let sound = try await program.run("audit", "verify")
            #expect(sound.status == 0)
            #expect(sound.output.contains("SOUND") && sound.output.contains("6 not yet signed"))

            let entries = try await redis.ask("XRANGE", "usdcop:audit:events", "-", "+").array ?? []
            let third = try #require(entries[2].array?.first?.text)
            try await redis.ask("XDEL", "usdcop:audit:events", .text(third))
            let broken = try await program.run("audit", "verify", "--json")
            #expect(broken.status == 1)
            let found = try #require(try broken.json["breaks"]?.elements?.first)
            #expect(try broken.json["is_sound"] == false && found["kind"] == "missing" && found["place"]?["sequence"] == 3)
            let plain = try await program.run("audit", "verify")
            #expect(plain.status == 1)
            #expect(plain.output.contains("BROKEN") && plain.output.contains("missing"))

            // Files need no Redis.
            let nowhere = Program(url: "redis://127.0.0.1:1/0")
            #expect(try await nowhere.run("audit", "verify", good).status == 0)
            let text = try String(contentsOfFile: good, encoding: .utf8)
            let edited = try scratch.file("edited.ndjson", text.replacing("event 4", with: "event 5"))
            let verdict = try await nowhere.run("audit", "verify", edited, "--json")
            #expect(verdict.status == 1)
            #expect(try verdict.json["breaks"]?.elements?.first?["kind"] == "edited")
            let table = try scratch.file("t.csv", "audit_id,timestamp\n")
            #expect(try await nowhere.run("audit", "verify", table).status == 65)
        }
    }

    @Test func `clearing leaves a proven record and an archive`() async throws {
        try await Program.withRedis { program, redis async throws in
            let scratch = try ScratchDirectory()
            let key = try scratch.file("key", "0123456789abcdef0123456789abcdef\n")
            let state = scratch.url.appendingPathComponent("state").path
            let environment = ["USDCOP_AUDIT_KEY_FILE": key, "USDCOP_STATE_DIR": state]
            try await program.run("audit", "log", "SYSTEM_EVENT", input: AuditCommandTests.events(0..<20), environment: environment)
            #expect(!FileManager.default.fileExists(atPath: state))
            let cleared = try await program.run(
                "audit", "clear", "--reason", "end of the trial", "--user", "ana", "--json", environment: environment)
            #expect(cleared.status == 0, "\(cleared.errors)")
            #expect(try cleared.json["cleared"] == 20)
            let archive = try #require(try cleared.json["archive"]?.text)
            #expect(archive.hasPrefix(state))
            #expect(try await redis.ask("XLEN", "usdcop:audit:events").integer == 1)
            let verdict = try await program.run("audit", "verify", environment: environment)
            #expect(verdict.status == 0, "\(verdict.output)")
            #expect(verdict.output.contains("SOUND") && verdict.output.contains("checked with the key"))
            #expect(try await program.run("audit", "verify").output.contains("no key was given"))
            #expect(try await program.run("audit", "verify", archive, environment: environment).status == 0)
            #expect(try await program.run("audit", "trail", "--json").json["entries"]?.elements?.first?["user_id"] == "ana")

            // A trail that was thrown away does not pass against what the state directory knows.
            try await redis.ask("DEL", "usdcop:audit:events", "usdcop:audit:checkpoints")
            #expect(try await program.run("audit", "verify", environment: environment).status == 1)
            let again = try await program.run("audit", "clear", "--reason", "x", "--archive", archive, environment: environment)
            #expect(again.status == 73)
        }
    }

    @Test func `without a place for the archive nothing is cleared`() async throws {
        try await Program.withRedis { program, redis async throws in
            try await program.run("audit", "log", "SYSTEM_EVENT", input: AuditCommandTests.events(0..<2))
            let run = try await program.run("audit", "clear", "--reason", "x")
            #expect(run.status == 78 && run.errors.contains("USDCOP_STATE_DIR"))
            #expect(try await redis.ask("XLEN", "usdcop:audit:events").integer == 2)
        }
    }
}
