import Foundation
import RedisTesting
import Testing

@testable import DashboardServer

struct ProcessReadingTests {
    @Test func `the name of a program may hold anything`() {
        let rest = "S 1 2 3 0 -1 4194304 1 0 0 0 250 50 0 0 20 0 7 0 12345 104857600 2560 18446744073709551615 1 1"
        for name in ["(usdcop)", "(a b)", "(a) S 9 (b))"] {
            var reading = ProcessReading()
            reading.read(stat: "4711 \(name) \(rest)\n", boot: "cpu 1 2\nbtime 1700000000\nprocesses 5\n")
            #expect(reading.threads == 7)
            #expect(reading.virtualBytes == 104_857_600)
            #expect(reading.residentBytes == Double(2560 * sysconf(Int32(_SC_PAGESIZE))))
            #expect(reading.startSeconds == 1_700_000_000 + 12345 / Double(sysconf(Int32(_SC_CLK_TCK))))
        }
    }

    @Test(arguments: ["", ")", "1 (a", "1 (a) S 1 2 3"])
    func `what cannot be read is not shown`(stat: String) {
        var reading = ProcessReading()
        reading.read(stat: stat, boot: nil)
        #expect(reading == ProcessReading())
        #expect(reading.families.isEmpty)
    }

    @Test func `the figures are those of this process`() throws {
        let reading = ProcessReading.now()
        #expect(try #require(reading.cpuSeconds) > 0)
        #if os(Linux)
            #expect(try #require(reading.residentBytes) > 5_000_000)
            #expect(try #require(reading.openDescriptors) >= 3)
            #expect(try #require(reading.maximumDescriptors) >= #require(reading.openDescriptors))
            let age = Date().timeIntervalSince1970 - (try #require(reading.startSeconds))
            #expect(age > 0 && age < 86_400)
        #endif
    }
}
