import CacheServices
import Foundation
import Logging
import LoggingServices
import Testing

@Suite("The settings of the log")
struct LoggingSettingsTests {
    @Test(
        arguments: [
            (LogFormat.auto, true, [:], LineFormat.pretty(coloured: true)), (.auto, false, [:], .json),
            (.pretty, true, [:], .pretty(coloured: true)),
            (.pretty, false, [:], .pretty(coloured: false)), (.json, true, [:], .json), (.json, false, [:], .json),
            (.auto, true, ["NO_COLOR": "1"], .pretty(coloured: false)), (.auto, true, ["NO_COLOR": ""], .pretty(coloured: true)),
            (.pretty, true, ["TERM": "dumb"], .pretty(coloured: false)),
        ] as [(LogFormat, Bool, [String: String], LineFormat)])
    func `the format follows the terminal, and colours follow NO_COLOR`(
        format: LogFormat, isTerminal: Bool, environment: [String: String], line: LineFormat
    ) {
        #expect(format.lineFormat(isTerminal: isTerminal, environment: environment) == line)
    }

    @Test func `asking whether the file can be opened removes nothing that may stay`() throws {
        let directory = try LogDirectory()
        let names = (10..<40).map { "desk-20250101T0000\($0).000Z.log" }
        for name in names { try Data().write(to: URL(fileURLWithPath: directory.path(name))) }
        var settings = LoggingSettings()
        settings.file = directory.path()
        settings.rules.keptFiles = 30
        #expect(settings.fileProblem() == nil)
        #expect(directory.names == names + ["desk.log"])
    }

    @Test func `a file that cannot be opened is known before the start`() throws {
        let directory = try LogDirectory()
        var settings = LoggingSettings()
        #expect(settings.fileProblem() == nil)
        settings.file = directory.path("a/desk.log")
        #expect(settings.fileProblem() == nil)
        settings.file = directory.path("a")
        #expect(settings.fileProblem() == String(cString: strerror(EISDIR)))
        settings.file = directory.path("a/desk.log/x")
        #expect(settings.fileProblem() == String(cString: strerror(ENOTDIR)))
    }

    @Test func `after the bootstrap every logger of the process writes to the file`() async throws {
        let directory = try LogDirectory()
        let path = directory.path()
        await #expect(processExitsWith: .success) { [path = path as String] in
            var settings = LoggingSettings()
            (settings.file, settings.level) = (path, .warn)
            let output = settings.bootstrap()
            let engine = StructuredLogger(service: "TradingEngine", ["symbol": "USDCOP"])
            engine.info("below the level")
            engine.warn("of the desk")
            Logger(label: "a.library").error("of a library")
            guard await output.stop() else { exit(1) }
        }
        let entries = try directory.lines().map { try json($0) }
        #expect(entries.map { $0["message"] } == ["of the desk", "of a library"])
        #expect(entries.first?["context"] == ["service": "TradingEngine", "symbol": "USDCOP"])
        #expect(entries.last?["context"] == ["service": "a.library"])
    }
}
