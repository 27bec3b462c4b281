extension ConfigurationTable {
    /// What the dashboard needs.
    static let page: [ConfigurationVariable] = [chartLibrary]

    public static let chartLibrary = ConfigurationVariable(
        "USDCOP_CHART_LIBRARY", flag: nil, default: nil,
        allowed: "must be a readable file of at most \(ChartLibrary.maximumSize) bytes",
        "File of Chart.js 3 (chart.min.js) for the dashboard; else that of Debian's libjs-chart.js; without one it shows tables"
    ) { text, draft in draft.settings.chartLibraryFile = text }
}
