extension SettingsDraft {
    /// Reads the chart library. One that is named must be there; the one of the system need not.
    mutating func finishPage() {
        guard let path = chartLibraryFile else {
            settings.chartLibrary = ChartLibrary.ofSystem()
            return
        }
        do throws(BoundedFile.Failure) {
            settings.chartLibrary = try BoundedFile.read(path, limit: ChartLibrary.maximumSize).bytes
        } catch {
            report(ConfigurationTable.chartLibrary, error.problem)
        }
    }
}
