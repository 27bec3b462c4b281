import HTTPTypes
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

/// Every method of every route with every kind of credential, from the table that the service itself uses.
@Suite(.takesTurns, .timeLimit(.minutes(2)))
struct CredentialMatrixTests {
    /// A credential, and the role that it gives; nil for one that is none, which is 401 wherever a role is needed.
    struct Credential: Sendable, CustomStringConvertible {
        let description: String
        var role: Role?
        var headers: [(String, String)] = []
        var query = ""

        static let all: [Credential] =
            [
                Credential(description: "none"), Credential(description: "wrong", headers: [("X-API-Key", "wrong-key-0123456789")]),
                Credential(description: "wrong bearer", headers: [("Authorization", "Bearer wrong-key-0123456789")]),
                Credential(description: "in the address", query: "api_key=administrator-key-0123456789"),
                Credential(description: "10 KB", headers: [("X-API-Key", String(repeating: "k", count: 10_240))]),
                Credential(
                    description: "a right one and 10 KB more",
                    headers: [("X-API-Key", "reader-key-0123456789" + String(repeating: "k", count: 10_240))]),
                Credential(description: "not ASCII", headers: [("X-API-Key", "llave-ñandú-0123456789")]),
                Credential(description: "empty", headers: [("X-API-Key", "")]),
            ]
            + Role.allCases.flatMap { role in
                [
                    Credential(description: "\(role)", role: role, headers: [("X-API-Key", "\(role.rawValue)-key-0123456789")]),
                    Credential(
                        description: "\(role) bearer", role: role, headers: [("Authorization", "Bearer \(role.rawValue)-key-0123456789")]),
                ]
            }
    }

    // "Who may do what" of HTTPAPI.md, written out: a role that is changed in the table is not changed here.
    private static let open: Set<String> = [
        "GET /", "GET /elements.js", "GET /assets/{build}/{file}", "GET /livez", "GET /readyz", "GET /openapi.json", "GET /docs",
        "GET /docs/{file}",
    ]
    private static let administration: Set<String> = [
        "PUT /api/health/services/{name}", "DELETE /api/health/services/{name}", "DELETE /api/audit/signals",
    ]

    @Test func `the table says what the document says`() throws {
        let service = try DashboardService(settings: Settings(), logger: .silent)
        let operations = service.routes.routes.flatMap { route in
            route.endpoints.map { (name: "\($0.method.rawValue) \(route.pattern.text)", role: $0.role) }
        }
        #expect(Set(operations.filter { $0.role == nil }.map { $0.name }) == Self.open)
        #expect(Set(operations.filter { $0.role == .administrator }.map { $0.name }) == Self.administration)
        let others = operations.filter { !Self.open.contains($0.name) && !Self.administration.contains($0.name) }
        #expect(others.count >= 25)
        for operation in others {
            let expected: Role = operation.name.hasPrefix("GET ") ? .reader : .writer
            #expect(operation.role == expected, "\(operation.name)")
        }
    }

    @Test(arguments: Credential.all)
    func `what a credential may do is what the table says`(credential: Credential) async throws {
        let keys = try KeyRing(lines: AccessTests.keys)
        try await RunningService.with {
            $0.keys = keys
        } _: { (service) async throws in
            for route in service.service.routes.routes {
                for endpoint in route.endpoints {
                    for method in endpoint.method == .get ? ["GET", "HEAD"] : [endpoint.method.rawValue] {
                        let target = route.target + (credential.query.isEmpty ? "" : "?" + credential.query)
                        let status = try await service.request(method, target, headers: credential.headers).status
                        let name = "\(method) \(target), \(credential)"
                        switch (endpoint.role, credential.role) {
                        // Open to everybody, whatever key comes along; one in the address is an unknown parameter.
                        case (nil, _):
                            // The only file that is not there without what shows the document.
                            let found = route.pattern.text == "/docs/{file}" ? 404 : 200
                            #expect(status == (credential.query.isEmpty ? found : 400), "\(name): \(status)")
                        case (_?, nil): #expect(status == 401, "\(name): \(status)")
                        case (let needed?, let role?) where role < needed: #expect(status == 403, "\(name): \(status)")
                        // Let through, and answered by the route: without a body and with names that may be unknown.
                        default: #expect(![401, 403, 429, 500].contains(status), "\(name): \(status)")
                        }
                    }
                }
            }
            #expect(
                !service.log.records.contains {
                    $0.message.contains("-key-0123") || $0.metadata.values.contains { $0.contains("-key-0123") }
                })
        }
    }
}
