extension ConfigurationTable {
    /// What the dashboard needs.
    static let page: [ConfigurationVariable] = [chartLibrary, swaggerUI]

    public static let chartLibrary = ConfigurationVariable(
        "USDCOP_CHART_LIBRARY", flag: nil, default: nil,
        allowed: "must be a readable file of at most \(ChartLibrary.maximumSize) bytes",
        "File of Chart.js 3 (chart.min.js) for the dashboard; else that of Debian's libjs-chart.js; without one it shows tables"
    ) { text, draft in draft.settings.chartLibraryFile = text }

    public static let swaggerUI = ConfigurationVariable(
        "USDCOP_SWAGGER_UI", flag: nil, default: nil,
        allowed: "must be a folder with \(SwaggerUI.script) and \(SwaggerUI.style), each of at most \(SwaggerUI.maximumSize) bytes",
        "Folder of Swagger UI 5 (the dist of its release) for /docs; without one that page says how to get it"
    ) { text, draft in draft.settings.swaggerUIFolder = text }
}
