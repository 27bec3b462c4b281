/// Chart.js, which is not part of the program: the file that the settings name, or the one of Debian's package `libjs-chart.js`.
enum ChartLibrary {
    /// Where the package puts it.
    static let systemPath = "/usr/share/javascript/chart.js/chart.min.js"
    /// Bytes of the largest file that is taken for it.
    static let maximumSize = 4 << 20

    /// The library as it is now; nil when it cannot be read, and the dashboard shows tables.
    static func read(_ path: String?) -> [UInt8]? {
        do throws(BoundedFile.Failure) {
            return try BoundedFile.read(path ?? systemPath, limit: maximumSize).bytes
        } catch {
            return nil
        }
    }
}
