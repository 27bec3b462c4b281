import HTTPTypes
import RedisTesting
import Testing

@testable import DashboardServer

/// Every method of every route with every kind of credential, from the table that the service itself uses.
@Suite(.timeLimit(.minutes(2)))
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
