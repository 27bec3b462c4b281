import Hiredis
import RedisTesting
import Testing

extension Live {
    @Suite struct TLSTests {
        private func start(_ certificates: ThrowawayCertificates, _ port: Int) async throws -> PrivateRedis {
            try await PrivateRedis.startOpen(
                "--tls-port", "\(port)", "--tls-cert-file", certificates.certificate, "--tls-key-file", certificates.key,
                "--tls-ca-cert-file", certificates.authority, "--tls-auth-clients", "no", "--requirepass", "secret"
            )
        }

        @Test(arguments: [("127.0.0.1", "IP:127.0.0.1"), ("localhost", "DNS:localhost")])
        func `talks to a server whose certificate fits`(host: String, names: String) async throws {
            let certificates = try ThrowawayCertificates(for: names)
            let port = try FreePort.find()
            let server = try await start(certificates, port)
            let url = "rediss://:secret@\(host):\(port)/2"
            try await Live.withClient(RedisConfiguration(url: url, caFile: certificates.authority)) { client async throws in
                let large = [UInt8](repeating: 0x61, count: 1 << 20)
                let set = RedisCommand("SET", ["key", .bytes(large)])
                #expect(try await client.send(set, timeout: .seconds(5)) == .status("OK"))
                #expect(try await client.get("key", timeout: .seconds(5)) == large)
            }
            withExtendedLifetime(server) {}
        }

        @Test(arguments: [("127.0.0.1", "DNS:localhost"), ("127.0.0.1", "IP:127.0.0.2"), ("localhost", "DNS:other.example")])
        func `refuses a certificate for another name`(host: String, names: String) async throws {
            let certificates = try ThrowawayCertificates(for: names)
            let port = try FreePort.find()
            let server = try await start(certificates, port)
            let url = "rediss://:secret@\(host):\(port)"
            let before = try await server.commandCalls()["auth", default: 0]
            try await expectRefusal(
                by: RedisConfiguration(url: url, caFile: certificates.authority), cause: "its certificate is for another name")
            // One more for asking.
            #expect(try await server.commandCalls()["auth"] == before + 1)
        }

        @Test func `refuses a certificate of an authority that is not trusted`() async throws {
            let certificates = try ThrowawayCertificates(for: "IP:127.0.0.1")
            let others = try ThrowawayCertificates(for: "IP:127.0.0.1")
            let port = try FreePort.find()
            let server = try await start(certificates, port)
            let url = "rediss://:secret@127.0.0.1:\(port)"
            try await expectRefusal(
                by: RedisConfiguration(url: url, caFile: others.authority), cause: "its certificate is not trusted")
            try await expectRefusal(by: RedisConfiguration(url: url), cause: "its certificate is not trusted")
            withExtendedLifetime(server) {}
        }

        @Test func `does not fall back to plain text`() async throws {
            let server = try await PrivateRedis.startOpen()
            let client = RedisClient(configuration: try RedisConfiguration(url: "rediss://:secret@127.0.0.1:\(server.port)"))
            let error = try await #require(throws: RedisError.self) { try await client.withDedicatedConnection { _ in } }
            // Redis takes the greeting for the beginning of a line, and waits for its end.
            #expect([.connectionClosed, .deadlineExceeded].contains(error.code))
            #expect(try await server.commandCalls()["auth"] == nil)
        }

        private func expectRefusal(by configuration: RedisConfiguration, cause: String) async throws {
            let client = RedisClient(configuration: configuration)
            let error = try await #require(throws: RedisError.self) { try await client.withDedicatedConnection { _ in } }
            #expect(error.code == .connectionClosed)
            #expect(error.outcome == .notSent)
            #expect(error.cause == cause)
            #expect(error.underlying != nil)
        }
    }
}
