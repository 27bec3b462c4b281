import CacheServices
import Foundation

@testable import LoggingServices

/// Files of records, for the length of a test.
enum ExportFile {
    static func ndjson(_ records: some Sequence<AuditRecord>) -> [UInt8] { records.flatMap { $0.line + [0x0a] } }

    /// An array with a record on each line.
    static func json(_ records: [AuditRecord]) -> [UInt8] {
        Array("[\n".utf8) + records.map(\.line).joined(separator: Array(",\n".utf8)) + Array("\n]\n".utf8)
    }

    static func with<Value>(_ contents: [UInt8], _ body: (URL) throws -> Value) throws -> Value {
        let url = make()
        try Data(contents).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url)
    }

    static func with<Value>(_ contents: [UInt8], _ body: (URL) async throws -> Value) async throws -> Value {
        let url = make()
        try Data(contents).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(url)
    }

    private static func make() -> URL { FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-\(UUID().uuidString)") }
}
