import Testing

@testable import DashboardServer

@Suite("Texts of the configuration")
struct ConfigurationTextTests {
    @Test(arguments: [
        ("1s", Duration.seconds(1)), ("500ms", .milliseconds(500)), ("5m", .seconds(300)), ("2h", .seconds(7200)),
        ("3650d", .seconds(3650 * 86_400)), ("0s", .zero), ("007s", .seconds(7)),
    ])
    func `durations are a number and a unit`(text: String, duration: Duration) {
        #expect(DurationText.duration(text) == duration)
    }

    @Test(arguments: [
        "", "s", "1", "-1s", "+1s", "1.5s", "1 s", "1S", "1w", "1s ", " 1s", "１s", "1s1s", "99999999999999999999s", "9223372036854775807d",
    ])
    func `anything else is none`(text: String) {
        #expect(DurationText.duration(text) == nil)
    }

    @Test(arguments: [
        ("0B", 0), ("512B", 512), ("64KB", 64_000), ("100MB", 100_000_000), ("1GB", 1_000_000_000), ("2TB", 2_000_000_000_000),
        ("64KiB", 65_536), ("100MiB", 104_857_600), ("1GiB", 1 << 30), ("1TiB", 1 << 40), ("007MB", 7_000_000),
    ])
    func `sizes are a number and a unit`(text: String, bytes: Int) {
        #expect(SizeText.bytes(text) == bytes)
    }

    @Test(arguments: [
        "", "MB", "100", "100mb", "100M", "100 MB", "1.5GB", "-1MB", "+1MB", "１MB", "1MB ", "9223372036854775807TB",
        "99999999999999999999B",
    ])
    func `anything else is no size`(text: String) {
        #expect(SizeText.bytes(text) == nil)
    }

    @Test(arguments: [("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("USDCOP_PROT", "USDCOP_PORT", 2), ("same", "same", 0)])
    func `the edit distance counts letters`(left: String, right: String, distance: Int) {
        #expect(EditDistance.between(left, right) == distance)
        #expect(EditDistance.between(right, left) == distance)
    }

    @Test func `the table has every name and flag once`() {
        let names = ConfigurationTable.all.map(\.name)
        let flags = ConfigurationTable.all.compactMap(\.flag)
        #expect(Set(names).count == names.count)
        #expect(Set(flags).count == flags.count)
        for variable in ConfigurationTable.all { #expect(variable.allowed.hasPrefix("must ")) }
    }

    @Test(arguments: ConfigurationTable.all.filter { $0.defaultText != nil }.map(\.name))
    func `a default written out is the default`(name: String) throws {
        let variable = try #require(ConfigurationTable.all.first { $0.name == name })
        let written = try ConfigurationLoader(environment: [name: variable.defaultText ?? ""]).load().settings
        let loaded = try ConfigurationLoader(environment: [:]).load().settings
        #expect(String(describing: written) == String(describing: loaded))
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("localhost", true), ("::1", true), ("0.0.0.0", false), ("127.0.0.1.x", false),
        ("10.0.0.1", false),
    ])
    func `loopback addresses are known`(host: String, isLoopback: Bool) {
        #expect(SettingsDraft.isLoopback(host) == isLoopback)
    }
}
