extension ConfigurationTable {
    /// What the dashboard needs.
    static let page: [ConfigurationVariable] = [chartLibrary]

    public static let chartLibrary = ConfigurationVariable(
        "USDCOP_CHART_LIBRARY", flag: "chart-library", default: ChartLibrary.systemPath,
        allowed: "must be a readable file of at most \(ChartLibrary.maximumSize) bytes",
        "Chart.js 3 as one file (chart.min.js), which the dashboard draws with; where there is none it shows tables"
    ) { text, draft in draft.chartLibraryFile = text }
}
