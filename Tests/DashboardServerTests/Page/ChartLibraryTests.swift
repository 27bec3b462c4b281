import Foundation
import TestTurns
import Testing

@testable import DashboardServer

@Suite("The chart library", .takesTurns, .timeLimit(.minutes(1)))
struct ChartLibraryTests {
    @Test func `a library that is named is served with the files`() async throws {
        let scratch = try ScratchState()
        let file = scratch.url.appending(path: "chart.min.js")
        try Data("/* charts */".utf8).write(to: file)
        try await RunningService.with {
            $0.chartLibraryFile = file.path
        } _: { (service) async throws in
            let library = try await service.get("/assets/x/chart-library.js")
            #expect(library.status == 200 && library.text == "/* charts */")
            #expect(library["Content-Type"] == "text/javascript; charset=utf-8")
            // It is asked for with the first chart, and not before.
            #expect(!(try await service.get("/").text.contains("chart-library")))
        }
    }

    @Test func `without one the page is there all the same`() async throws {
        try await RunningService.with {
            $0.chartLibraryFile = "/nowhere/chart.min.js"
        } _: { (service) async throws in
            #expect(try await service.get("/assets/x/chart-library.js").code == "not_found")
            #expect(try await service.get("/").status == 200)
            #expect(try await service.get("/assets/x/charts.js").status == 200)
        }
    }

    @Test func `another library is another build`() {
        let builds = [nil, [1], [2]].map { (bytes: [UInt8]?) in Page(chartLibrary: bytes).build }
        #expect(Set(builds).count == 3)
        #expect(builds.allSatisfy { $0.count == 16 && $0.allSatisfy(\.isHexDigit) })
        #expect(Page(chartLibrary: nil).build == builds[0])
    }
}
