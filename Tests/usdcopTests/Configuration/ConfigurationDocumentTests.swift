import DashboardServer
import Foundation
import Testing

/// The tables of variables in the guides are the table of the code.
///
/// `USDCOP_UPDATE_DOCUMENTS=1` writes them anew; a variable that is added needs no more than that.
@Suite(.serialized) struct ConfigurationDocumentTests {
    private static let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardized
    private static let isUpdate = ProcessInfo.processInfo.environment["USDCOP_UPDATE_DOCUMENTS"] == "1"

    /// A guide, and the variables that it shows; all of them where none are named.
    static let guides: [(file: String, names: [String])] = [
        ("Sources/DashboardServer/DashboardServer.docc/Configuration.md", []),
        (
            "README.md",
            [
                "REDIS_URL", "CACHE_BACKEND", "USDCOP_NAMESPACE", "USDCOP_STATE_DIR", "USDCOP_AUDIT_KEY_FILE", "USDCOP_SERVICES",
                "USDCOP_ALERT_AFTER", "USDCOP_ALERT_WEBHOOKS", "USDCOP_ALERT_SECRET_FILE", "USDCOP_ALERT_EMAIL", "USDCOP_ALERT_FROM",
                "SMTP_URL", "USDCOP_ALERT_SPACING", "LOG_LEVEL", "LOG_FORMAT", "LOG_FILE", "USDCOP_HOST", "USDCOP_PORT",
                "USDCOP_API_KEYS_FILE", "TRADING_API_URL", "ML_ANALYTICS_URL", "PIPELINE_API_URL", "WS_URL", "POSTGRES_URL",
            ]
        ),
    ]

    @Test(arguments: guides)
    func `a guide shows the variables as the code has them`(file: String, names: [String]) throws {
        let path = Self.root.appendingPathComponent(file)
        let text = try String(contentsOf: path, encoding: .utf8)
        let variables = names.isEmpty ? ConfigurationTable.all : try #require(ConfigurationTable.variables(named: names))
        let table = ConfigurationTable.markdown(variables)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasPrefix("| variable |") })
        let end = lines[start...].firstIndex { !$0.hasPrefix("|") } ?? lines.endIndex
        let shown = lines[start..<end].joined(separator: "\n") + "\n"
        if Self.isUpdate, shown != table {
            try Data(text.replacing(shown, with: table).utf8).write(to: path)
        } else {
            #expect(shown == table, "run this test once with USDCOP_UPDATE_DOCUMENTS=1")
        }
    }

    /// A name that stands in a guide, a script or the Compose file is one that works.
    @Test func `no guide, script or container file names a variable that does not exist`() throws {
        let known = Set(ConfigurationTable.all.map(\.name))
        // What scripts and tests ask for themselves, the Compose file's own, and a family of names.
        let others: Set = ["USDCOP_REDIS_USERS", "USDCOP_UPDATE_DOCUMENTS", "USDCOP_SOAK", "USDCOP_FUZZ_COUNT"]
        for folder in ["README.md", "docker-compose.yml", "Sources", "scripts/docker"] {
            for file in try Self.files(in: folder) {
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /\bUSDCOP_[A-Z][A-Z_]*[A-Z]/) {
                    let name = String(match.output)
                    #expect(
                        known.contains(name) || others.contains(name) || name.hasPrefix("USDCOP_TEST_"),
                        "\(file.lastPathComponent): \(name)")
                }
            }
        }
    }

    private static func files(in folder: String) throws -> [URL] {
        let url = root.appendingPathComponent(folder)
        let endings: Set = ["md", "yml", ""]
        guard let all = FileManager.default.enumerator(at: url, includingPropertiesForKeys: [.isRegularFileKey]) else { return [url] }
        let found = all.compactMap { $0 as? URL }.filter {
            endings.contains($0.pathExtension) && (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true
        }
        return found.isEmpty ? [url] : found
    }
}
