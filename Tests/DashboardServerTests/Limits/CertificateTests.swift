import CacheServices
import Foundation
import NIOCore
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

/// HTTPS with certificates that change, asked by curl and openssl.
@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct CertificateTests {
    /// Files that stay where they are while what stands in them changes.
    private struct Place {
        let directory: URL
        var files: CertificateFiles {
            CertificateFiles(
                certificate: directory.appendingPathComponent("api.crt").path, key: directory.appendingPathComponent("api.key").path)
        }

        init(_ certificates: ThrowawayCertificates) throws {
            directory = URL(fileURLWithPath: "/tmp").appendingPathComponent("usdcop-test-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            try put(certificates)
        }

        func put(_ certificates: ThrowawayCertificates) throws {
            try Data(contentsOf: URL(fileURLWithPath: certificates.certificate)).write(
                to: URL(fileURLWithPath: files.certificate), options: .atomic)
            try Data(contentsOf: URL(fileURLWithPath: certificates.key)).write(to: URL(fileURLWithPath: files.key), options: .atomic)
        }

        func remove() { try? FileManager.default.removeItem(at: directory) }
    }

    private static let names = "DNS:localhost,IP:127.0.0.1"

    private static func curl(_ port: Int, _ certificates: ThrowawayCertificates, _ more: String...) throws -> ToolRun {
        try ToolRun(
            ["curl", "--silent", "--show-error", "--include", "--max-time", "10", "--cacert", certificates.authority] + more
                + ["https://localhost:\(port)/livez"])
    }

    @Test func `a new certificate is for new connections, a broken one for nobody, and old connections go on`() async throws {
        let (old, new) = (try ThrowawayCertificates(for: Self.names), try ThrowawayCertificates(for: Self.names))
        let place = try Place(old)
        defer { place.remove() }
        let files = place.files
        let log = RecordedLog()
        let store = try CertificateStore(files, interval: .milliseconds(20), logger: log.logger)
        let first = store.current
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await store.run() }
            try place.put(new)
            try await eventually { store.current !== first }
            let second = store.current
            for broken in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
                let count = log.records.count
                try Data(broken.utf8).write(to: URL(fileURLWithPath: files.certificate))
                try await eventually { log.records.count > count }
                #expect(store.current === second)
            }
            // A certificate whose key has not come yet.
            try place.put(new)
            let count = log.records.count
            try Data(contentsOf: URL(fileURLWithPath: old.certificate)).write(to: URL(fileURLWithPath: files.certificate), options: .atomic)
            try await eventually { log.records.contains { $0.message.contains("cannot be used") } && log.records.count > count }
            #expect(store.current !== first)
            try Data(contentsOf: URL(fileURLWithPath: old.key)).write(to: URL(fileURLWithPath: files.key), options: .atomic)
            let third = store.current
            try await eventually { store.current !== third }
            #expect(!log.records.contains { $0.metadata.values.contains { $0.contains("PRIVATE") } })
            group.cancelAll()
        }
    }

    @Test func `files that are away for long are told once, and again after they were there`() async throws {
        let place = try Place(try ThrowawayCertificates(for: Self.names))
        defer { place.remove() }
        let log = RecordedLog()
        let store = try CertificateStore(place.files, logger: log.logger)
        let away = place.files.certificate + ".away"
        for round in 1...2 {
            try FileManager.default.moveItem(atPath: place.files.certificate, toPath: away)
            for _ in 0..<3 { await store.look() }
            #expect(log.records.filter { $0.message.contains("cannot be used") }.count == round)
            try FileManager.default.moveItem(atPath: away, toPath: place.files.certificate)
            await store.look()
        }
    }

    @Test func `the API speaks TLS from 1.2 on and says that it always will`() async throws {
        let certificates = try ThrowawayCertificates(for: Self.names)
        let place = try Place(certificates)
        defer { place.remove() }
        let files = place.files
        try await RunningService.with {
            $0.certificate = files
        } _: { (service) async throws in
            for version in ["--tlsv1.2", "--tlsv1.3"] {
                let run = try Self.curl(service.port, certificates, version)
                #expect(run.status == 0, "\(run.output)")
                #expect(run.output.contains("HTTP/1.1 200"))
                #expect(run.output.lowercased().contains("strict-transport-security: max-age=31536000"))
            }
            let old = try ToolRun(
                ["openssl", "s_client", "-connect", "127.0.0.1:\(service.port)", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
            #expect(old.output.contains("Cipher is (NONE)"))
            // Somebody without TLS, and somebody who never begins it.
            #expect(
                try await RawConnection.open(port: service.port) { (connection) async throws in
                    try await connection.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    return try? await connection.reply()
                } == nil)
            #expect(try Self.curl(service.port, certificates).status == 0)
        }
    }

    @Test func `whoever never ends the handshake is cut off`() async throws {
        let place = try Place(try ThrowawayCertificates(for: Self.names))
        defer { place.remove() }
        let files = place.files
        try await RunningService.with {
            $0.certificate = files
            $0.limits.headerTimeout = .milliseconds(300)
        } _: { (service) async throws in
            let begin = ContinuousClock.now
            try await RawConnection.open(port: service.port) { (connection) async throws in
                // The first bytes of a ClientHello.
                try await connection.send([0x16, 0x03, 0x01, 0x02, 0x00])
                #expect(await connection.isEnded())
            }
            #expect(begin.duration(to: .now) < .seconds(5))
        }
    }

    @Test func `files that cannot be used end the start`() throws {
        let (one, other) = (try ThrowawayCertificates(for: Self.names), try ThrowawayCertificates(for: Self.names))
        let bad: [(CertificateFiles, isKey: Bool)] = [
            (.init(certificate: "/nonexistent", key: one.key), false), (.init(certificate: one.certificate, key: "/nonexistent"), true),
            (.init(certificate: one.certificate, key: other.key), true), (.init(certificate: one.key, key: one.key), false),
            (.init(certificate: one.certificate, key: one.certificate), true), (.init(certificate: "/dev/zero", key: one.key), false),
        ]
        for (files, isKey) in bad {
            let failure = #expect(throws: CertificateStore.Failure.self) { try CertificateStore.check(files) }
            #expect(failure?.isKey == isKey)
            var settings = Settings()
            settings.certificate = files
            #expect(throws: StartError.self) { _ = try DashboardService(settings: settings, logger: RecordedLog().logger) }
        }
        #expect(throws: Never.self) { try CertificateStore.check(.init(certificate: one.certificate, key: one.key)) }
    }

    @Test func `a certificate that ends soon is told of once a day, also a new one`() async throws {
        let place = try Place(try ThrowawayCertificates(for: Self.names, days: 1))
        defer { place.remove() }
        let log = RecordedLog()
        let store = try CertificateStore(place.files, logger: log.logger)
        store.warnOfEnd()
        store.warnOfEnd()
        #expect(log.messages == ["warning: the certificate of the API ends soon"])
        store.warnOfEnd(now: Timestamp(milliseconds: store.end.milliseconds))
        #expect(log.messages.count == 1)
        try place.put(try ThrowawayCertificates(for: Self.names, days: 13))
        await store.look()
        store.warnOfEnd(now: Timestamp(milliseconds: store.end.milliseconds))
        #expect(log.messages.last == "warning: the certificate of the API has ended")
        try place.put(try ThrowawayCertificates(for: Self.names))
        await store.look()
        let count = log.messages.count
        store.warnOfEnd()
        #expect(log.messages.count == count)
        #expect(store.metricFamilies.first?.points.first?.value == .number(Double(store.end.milliseconds) / 1000))
    }

    @Test func `files that cannot be used are told of again every day, until they can`() async throws {
        let place = try Place(try ThrowawayCertificates(for: Self.names))
        defer { place.remove() }
        let log = RecordedLog()
        let store = try CertificateStore(place.files, logger: log.logger)
        let good = try Data(contentsOf: URL(fileURLWithPath: place.files.key))
        let foreign = try ThrowawayCertificates(for: Self.names)
        let start = ContinuousClock.now
        func told(_ hours: Int) async -> Int {
            await store.look(now: start + .seconds(hours * 3600))
            return log.messages.count { $0.hasPrefix("error:") }
        }
        // Both files can be read, and do not belong together.
        try Data(contentsOf: URL(fileURLWithPath: foreign.key)).write(to: URL(fileURLWithPath: place.files.key))
        #expect(await [told(0), told(1), told(23)] == [1, 1, 1])
        #expect(await [told(24), told(25)] == [2, 2])
        try FileManager.default.removeItem(atPath: place.files.key)
        #expect(await [told(26), told(27), told(51)] == [3, 3, 4])
        try good.write(to: URL(fileURLWithPath: place.files.key))
        #expect(await told(52) == 4)
        try FileManager.default.removeItem(atPath: place.files.key)
        #expect(await told(53) == 5)
    }
}
