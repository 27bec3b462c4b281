import HTTPTypes
import RedisTesting
import Testing

@testable import DashboardServer

@Suite(.timeLimit(.minutes(1)))
struct AccessTests {
    static let keys = """
        reader:desk:reader-key-0123456789
        writer:model:writer-key-0123456789
        administrator:boss:administrator-key-0123456789
        """

    @Test func `every method of every route lets exactly the roles of the table through`() async throws {
        let keys = try KeyRing(lines: Self.keys)
        try await RunningService.with {
            $0.keys = keys
        } _: { (service) async throws in
            for route in service.service.routes.routes {
                let target = route.target
                for endpoint in route.endpoints {
                    for role in [nil] + Role.allCases.map(Optional.some) {
                        let headers = role.map { [("Authorization", "Bearer \($0.rawValue)-key-0123456789")] } ?? []
                        let status = try await service.request(endpoint.method.rawValue, target, headers: headers).status
                        let expected: Int? =
                            switch (role, endpoint.role) {
                            // The only file that is not there without what shows the document.
                            case (_, nil): route.pattern.text == "/docs/{file}" ? 404 : 200
                            case (nil, _): 401
                            case (let role?, let needed?): role >= needed ? nil : 403
                            }
                        // Whoever is let through gets an answer of the route, such as 400 without a body or 404 for an unknown name.
                        let isRight = expected.map { status == $0 } ?? ![401, 403, 500].contains(status)
                        #expect(isRight, "\(endpoint.method.rawValue) \(target) \(role?.rawValue ?? "none"): \(status)")
                        if endpoint.role != nil {
                            let wrong = try await service.request(
                                endpoint.method.rawValue, target, headers: [("X-API-Key", "wrong-key-0123456789")])
                            #expect(wrong.status == 401)
                        }
                    }
                }
            }
        }
    }

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
