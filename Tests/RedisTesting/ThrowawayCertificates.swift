import Foundation

/// A certificate authority and a server certificate that live as long as one test.
public final class ThrowawayCertificates: Sendable {
    private let directory: URL

    public var authority: String { path("ca.crt") }
    public var certificate: String { path("server.crt") }
    public var key: String { path("server.key") }

    /// - Parameters:
    ///   - names: what the server's certificate is for, as `DNS:…` and `IP:…`.
    ///   - days: how long that one is valid from now on.
    public init(for names: String, days: Int = 90) throws {
        directory = URL(fileURLWithPath: "/tmp").appendingPathComponent("usdcop-test-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try openssl(["req", "-x509", "-days", "90", "-subj", "/CN=test CA", "-keyout", path("ca.key"), "-out", authority] + newKey)
        try openssl(["req", "-subj", "/CN=test server", "-keyout", key, "-out", path("server.csr")] + newKey)
        try Data("subjectAltName=\(names)\n".utf8).write(to: URL(fileURLWithPath: path("names")))
        try openssl([
            "x509", "-req", "-in", path("server.csr"), "-CA", authority, "-CAkey", path("ca.key"), "-CAcreateserial", "-days", "\(days)",
            "-extfile", path("names"), "-out", certificate,
        ])
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
    }
}
