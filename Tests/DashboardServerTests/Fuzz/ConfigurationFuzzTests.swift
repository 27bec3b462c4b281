import CacheServices
import Foundation
import HealthServices
import RedisTesting
import Testing

@testable import DashboardServer

/// Whatever stands in the environment, in files or behind flags: settings, or an error that names the variable and not the value.
@Suite(.timeLimit(.minutes(30))) struct ConfigurationFuzzTests {
    private static let words = [
        "ms", "s", "d", "MB", "KiB", ",", "=", "://", "*", "hunter2", "role:", "\r\n", "https://", "99999999999999999999",
    ]

    @Test func `durations and sizes are exact, and everything else is none`() {
        for input in FuzzInputs(
            ["500ms", "1s", "5m", "2h", "30d", "64KB", "100MB", "1GiB", "0", "9223372036854775807ms"], words: Self.words)
        {
            let text = String(decoding: input, as: UTF8.self)
            if let duration = DurationText.duration(text) {
                let match = text.wholeMatch(of: /([0-9]+)(ms|s|m|h|d)/)
                let units = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
                let expected = match.flatMap { match in units[String(match.2)].flatMap { unit in Int(match.1).map { $0 * unit } } }
                #expect(expected.map { .milliseconds($0) } == duration, "\(input.fuzzed)")
            }
            if let bytes = SizeText.bytes(text) {
                let match = text.wholeMatch(of: /([0-9]+)([KMGT]i?)?B/)
                let units = [
                    "": 1, "K": 1000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000, "Ki": 1 << 10, "Mi": 1 << 20,
                    "Gi": 1 << 30, "Ti": 1 << 40,
                ]
                let expected = match.flatMap { match in units[String(match.2 ?? "")].flatMap { unit in Int(match.1).map { $0 * unit } } }
                #expect(expected == bytes, "\(input.fuzzed)")
            }
        }
    }

    @Test func `lists and keys`() {
        let seeds = [
            "reader:desk:reader-key-0123456789\nwriter:model:writer-key-0123456789\n# a comment", "api=http://h:1/health,ws=wss://h/ws",
            "https://desk.example.com,http://localhost:3000", "14,30d", "http://127.0.0.1:1/hook", "desk@example.com,b@example.com",
        ]
        for input in FuzzInputs(seeds, words: Self.words) {
            let text = String(decoding: input, as: UTF8.self)
            do throws(ValidationError) { _ = try KeyRing(lines: text) } catch {
                #expect(!"\(error)".contains("0123456789"), "\(input.fuzzed)")
            }
            if let services = try? ServiceListText.read(text) {
                #expect(
                    services.count <= ServiceListText.maximumCount && Set(services.map(\.name)).count == services.count, "\(input.fuzzed)")
            }
            if let origins = try? OriginListText.read(text) { #expect(origins.count <= OriginListText.maximumCount, "\(input.fuzzed)") }
            if let hooks = try? AlertLists.webhooks(text) {
                #expect((1...AlertLists.maximumCount).contains(hooks.count), "\(input.fuzzed)")
            }
            _ = try? AlertLists.addresses(text)
        }
    }

    /// Every variable of the table, with what it takes by default and what the others take.
    @Test func `every variable takes a text or refuses it by its own name`() throws {
        let seeds =
            ConfigurationTable.all.compactMap(\.defaultText) + [
                "/tmp/none", "https://h", "a=http://h", "redis://u:hunter2@h:1/2", "", "auto",
            ]
        for (variable, number) in zip(ConfigurationTable.all, 0...) {
            for input in FuzzInputs(seeds, words: Self.words, seed: UInt64(number), share: 0.03, longest: 300) {
                let text = String(decoding: input, as: UTF8.self)
                do throws(ConfigurationError) {
                    _ = try ConfigurationLoader([variable], environment: [variable.name: text]).load()
                } catch {
                    #expect(error.problems.contains { $0.variable == variable.name }, "\(variable.name) \(input.fuzzed) \(error)")
                    #expect(!"\(error)".contains("hunter2"), "\(variable.name) \(input.fuzzed)")
                }
            }
        }
    }

    @Test(arguments: ["json", "yaml"])
    func `a file is settings or an error`(ending: String) throws {
        let seeds =
            ending == "json"
            ? [#"{"USDCOP_PORT":8090,"USDCOP_NAMESPACE":"desk"}"#, #"{"REDIS_URL":"redis://h"}"#, "[]", "{}"]
            : [
                "USDCOP_PORT: 8090\nUSDCOP_NAMESPACE: desk\n", "a: &a [*a]\n", "? x\n: y\n", "- 1\n", "!!binary x", "x: |\n  y\n",
                "{a: {b: {c: 1}}}",
            ]
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-fuzz-\(UUID().uuidString).\(ending)")
        defer { try? FileManager.default.removeItem(at: file) }
        for input in FuzzInputs(seeds, words: Self.words + ["&a", "*a", "<<: *a", ": ", "- ", "? ", "!!", "|", ">"], share: 0.2) {
            try Data(input).write(to: file)
            _ = try? ConfigurationLoader(file: file.path).load()
        }
    }

    @Test func `the nearest name is near`() {
        for input in FuzzInputs(ConfigurationTable.all.map(\.name), words: ["_", "USDCOP_"], share: 0.1, longest: 200) {
            let name = String(decoding: input, as: UTF8.self)
            guard let nearest = ConfigurationTable.nearest(to: name) else { continue }
            #expect(EditDistance.between(name, nearest) * 3 <= max(name.utf8.count, nearest.utf8.count), "\(input.fuzzed)")
        }
    }
}
