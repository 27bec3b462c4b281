import Testing

@testable import DashboardServer

@Suite("The configuration of the dashboard")
struct PageConfigurationTests {
    @Test func `a chart library can be named`() throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.file("chart.min.js", "/* charts */")
        #expect(try ConfigurationLoader(environment: ["USDCOP_CHART_LIBRARY": file]).load().settings.chartLibraryFile == file)
        #expect(try ConfigurationLoader(environment: [:]).load().settings.chartLibraryFile == nil)
    }

    @Test func `a folder of Swagger UI can be named, and has both files`() throws {
        let scratch = try ScratchDirectory()
        let script = try scratch.file("swagger-ui-bundle.js", "/* script */")
        let folder = String(script.dropLast("/swagger-ui-bundle.js".count))
        let error = try #require(throws: ConfigurationError.self) {
            try ConfigurationLoader(environment: ["USDCOP_SWAGGER_UI": folder]).load()
        }
        #expect(error.problems.map(\.variable) == ["USDCOP_SWAGGER_UI"])
        _ = try scratch.file("swagger-ui.css", "/* style */")
        #expect(try ConfigurationLoader(environment: ["USDCOP_SWAGGER_UI": folder]).load().settings.swaggerUIFolder == folder)
    }

    @Test(arguments: ["/nowhere/chart.min.js", "/", "/dev/zero"])
    func `one that is named must be a file that is there`(path: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try ConfigurationLoader(environment: ["USDCOP_CHART_LIBRARY": path]).load()
        }
        #expect(error.problems.map(\.variable) == ["USDCOP_CHART_LIBRARY"])
    }
}
