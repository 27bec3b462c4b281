import CacheServices
import Foundation
import RedisTesting

@testable import HealthServices

/// A mail server of the test's own, and what it keeps.
struct MailServer {
    let process: PythonProcess
    let directory: URL
    let port: String
    let certificates: ThrowawayCertificates

    static func start(_ mode: String) async throws -> MailServer {
        let certificates = try ThrowawayCertificates(for: "IP:127.0.0.1,DNS:localhost")
        let directory = URL(fileURLWithPath: "/tmp/usdcop-test-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let process = try await PythonProcess("smtp_sink.py", [mode, directory.path, certificates.certificate, certificates.key])
        return MailServer(process: process, directory: directory, port: try await process.line(), certificates: certificates)
    }

    func lines(_ name: String) throws -> [JSONValue] {
        let file = directory.appendingPathComponent(name)
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
    }

    func settings(_ url: String, to: String..., trusts: Bool = true) throws -> AlertSettings {
        var settings = AlertSettings()
        settings.recipients = try to.map { try EmailAddress($0) }
        settings.sender = try EmailAddress("usdcop@example.com")
        settings.smtp = try SMTPServer("\(url):\(port)")
        settings.smtp?.caFile = trusts ? certificates.authority : nil
        return settings
    }

    func stop() {
        process.stop()
        try? FileManager.default.removeItem(at: directory)
    }
}
