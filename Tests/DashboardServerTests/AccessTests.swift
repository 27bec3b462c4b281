import HTTPTypes
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct AccessTests {
    static let keys = """
        reader:desk:reader-key-0123456789
        writer:model:writer-key-0123456789
        administrator:boss:administrator-key-0123456789
        """

    @Test func `a refusal says what is needed and writes nothing`() async throws {
        let keys = try KeyRing(lines: Self.keys)
        try await RunningService.with {
            $0.keys = keys
        } _: { (service) async throws in
            let before = try await service.fingerprint()
            let none = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
            #expect(none.code == "unauthenticated")
            #expect(none["WWW-Authenticate"] == "Bearer realm=\"usdcop\"")
            #expect(none["Connection"] == "close")
            let reader = try await service.send(
                "POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#, headers: [("X-API-Key", "reader-key-0123456789")])
            #expect(reader.status == 403)
            #expect(reader.code == "forbidden")
            #expect(try await service.fingerprint() == before)
            let writer = try await service.send(
                "POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#, headers: [("X-API-Key", "writer-key-0123456789")])
            #expect(writer.status == 201)
            #expect(!service.log.records.contains { record in record.metadata.values.contains { $0.contains("key-0123") } })
        }
    }

    static let credentials: [(headers: [(String, String)], status: Int)] = [
        ([("Authorization", "Bearer reader-key-0123456789")], 200),
        ([("Authorization", "bearer   reader-key-0123456789")], 200),
        ([("X-API-Key", "reader-key-0123456789")], 200),
        ([("Authorization", "Bearer reader-key-0123456789"), ("X-API-Key", "reader-key-0123456789")], 200),
        ([("Authorization", "Bearer reader-key-0123456789"), ("X-API-Key", "writer-key-0123456789")], 401),
        ([("X-API-Key", "reader-key-0123456789"), ("X-API-Key", "writer-key-0123456789")], 401),
        ([("Authorization", "Basic cmVhZGVyOmtleQ==")], 401),
        ([("Authorization", "reader-key-0123456789")], 401),
        ([("Authorization", "Bearer ")], 401),
        ([("X-API-Key", "")], 401),
        ([("X-API-Key", "reader-key-012345678")], 401),
    ]

    @Test func `one credential counts, in either header`() async throws {
        let keys = try KeyRing(lines: Self.keys)
        try await RunningService.with {
            $0.keys = keys
        } _: { (service) async throws in
            for (headers, status) in Self.credentials {
                #expect(try await service.get("/api/cache/signals", headers: headers).status == status, "\(headers)")
            }
            #expect(try await service.get("/api/cache/signals?api_key=reader-key-0123456789").status == 401)
            #expect(try await service.get("/livez", headers: [("X-API-Key", "wrong")]).status == 200)
        }
    }

    @Test func `without keys a loopback caller writes, a credential is refused, and an administrator cannot be`() async throws {
        try await RunningService.with { (service) async throws in
            #expect(try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#).status == 201)
            #expect(try await service.get("/api/cache/signals", headers: [("X-API-Key", "reader-key-0123456789")]).status == 401)
        }
        let gate = Gate(keys: KeyRing([]))
        let caller = try gate.caller([:], isLoopback: true)
        #expect(caller.role == .writer)
        #expect(throws: Problem.self) { try gate.admit(caller, to: .administrator) }
        #expect(try gate.caller([:], isLoopback: false) == .nobody)
    }
}
