extension SettingsDraft {
    /// A chart library that is named must be there; that of the system need not.
    mutating func finishPage() {
        guard let path = settings.chartLibraryFile else { return }
        do throws(BoundedFile.Failure) {
            _ = try BoundedFile.read(path, limit: ChartLibrary.maximumSize)
        } catch {
            report(ConfigurationTable.chartLibrary, error.problem)
        }
    }
}
