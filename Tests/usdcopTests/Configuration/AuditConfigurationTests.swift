import CacheServices
import Foundation
import LoggingServices
import Testing

@testable import DashboardServer

@Suite("The configuration of the audit trail")
struct AuditConfigurationTests {
    @Test func `the defaults are those of the trail, in the namespace of everything else`() throws {
        let audit = try ConfigurationLoader(environment: ["USDCOP_NAMESPACE": "desk"]).load().settings.audit
        #expect(audit.namespace.rawValue == "desk")
        #expect(audit.maximumEvents == 10_000)
        #expect(audit.retention == .seconds(3650 * 86_400))
        #expect(audit.checkpointEvents == 1000)
        #expect(audit.signingKey == nil && audit.stateDirectory == nil)
    }

    @Test(
        arguments: [
            (["USDCOP_STATE_DIR": "/a", "STATE_DIRECTORY": "/b", "XDG_STATE_HOME": "/c", "HOME": "/d"], "/a"),
            (["STATE_DIRECTORY": "/b:/b2", "XDG_STATE_HOME": "/c", "HOME": "/d"], "/b"),
            (["XDG_STATE_HOME": "/c", "HOME": "/d"], "/c/usdcop"),
            (["XDG_STATE_HOME": "relative", "HOME": "/d"], "/d/.local/state/usdcop"), (["HOME": ""], nil),
        ] as [([String: String], String?)])
    func `the state directory is found and not made`(environment: [String: String], path: String?) throws {
        let directory = try ConfigurationLoader(environment: environment).load().settings.audit.stateDirectory
        #expect(directory?.path == path)
        if let path { #expect(!FileManager.default.fileExists(atPath: path)) }
    }

    @Test func `everything can be set`() throws {
        let scratch = try ScratchDirectory()
        let environment = [
            "USDCOP_AUDIT_KEY_FILE": try scratch.file("key", "0123456789abcdef\n"), "USDCOP_AUDIT_MAX_EVENTS": "500",
            "USDCOP_AUDIT_RETENTION": "0", "USDCOP_AUDIT_CHECKPOINT_EVENTS": "7",
        ]
        let audit = try ConfigurationLoader(environment: environment).load().settings.audit
        #expect(audit.signingKey != nil)
        #expect(audit.maximumEvents == 500 && audit.retention == .zero && audit.checkpointEvents == 7)
    }

    @Test func `a short key is refused, an open file warned of, and no key is ever shown`() throws {
        let scratch = try ScratchDirectory()
        let short = try scratch.file("short", "hunter2-hunter2\n")
        let error = try #require(throws: ConfigurationError.self) {
            try ConfigurationLoader(environment: ["USDCOP_AUDIT_KEY_FILE": short]).load()
        }
        #expect(error.problems.map(\.variable) == ["USDCOP_AUDIT_KEY_FILE"])
        #expect(!error.description.contains("hunter2"))
        let open = try scratch.file("open", "hunter2-hunter2-hunter2", mode: 0o644)
        let outcome = try ConfigurationLoader(environment: ["USDCOP_AUDIT_KEY_FILE": open]).load()
        #expect(outcome.warnings == [.openFile(variable: "USDCOP_AUDIT_KEY_FILE")])
        #expect(!"\(outcome.settings)".contains("hunter2"))
    }
}
