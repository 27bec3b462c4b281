import CacheServices
import Foundation
import Logging
import LoggingServices

/// A directory for log files that is gone after the test.
final class LogDirectory: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-log-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String = "desk.log") -> String { url.appendingPathComponent(name).path }

    /// The names of all files, sorted.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }

    func text(_ name: String = "desk.log") -> String { (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? "" }

    func lines(_ name: String = "desk.log") -> [Substring] { text(name).split(separator: "\n") }
}

extension LogOutput {
    /// A logger that writes here, at every level.
    func logger(_ label: String = "test", provider: Logger.MetadataProvider? = nil) -> Logger {
        var logger = Logger(label: label) { self.handler(label: $0, metadataProvider: provider) }
        logger.logLevel = .trace
        return logger
    }
}

/// The JSON of a line.
func json(_ line: some StringProtocol) throws -> JSONValue { try JSONParser.parse(Array(line.utf8)) }
