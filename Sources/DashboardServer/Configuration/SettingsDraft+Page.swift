extension SettingsDraft {
    /// A chart library that is named must be there; that of the system need not. So must Swagger UI.
    mutating func finishPage() {
        finishChartLibrary()
        guard let folder = settings.swaggerUIFolder else { return }
        do throws(BoundedFile.Failure) {
            _ = try SwaggerUI(folder: folder)
        } catch {
            report(ConfigurationTable.swaggerUI, "names a folder of which a file is not right: it \(error.problem)")
        }
    }

    private mutating func finishChartLibrary() {
        guard let path = settings.chartLibraryFile else { return }
        do throws(BoundedFile.Failure) {
            _ = try BoundedFile.read(path, limit: ChartLibrary.maximumSize)
        } catch {
            report(ConfigurationTable.chartLibrary, error.problem)
        }
    }
}
