import Foundation

/// The state directory of a demo: journals of the audit trail and its newest checkpoint.
struct DemoDirectory: Sendable {
    let url: URL
    /// Says that a demo made the directory, which may then be removed.
    private var marker: URL { url.appendingPathComponent(".usdcop-demo") }

    /// Makes it where it is missing.
    ///
    /// - Throws: ``CommandFailure`` with 73.
    func prepare() throws(CommandFailure) {
        let isNew = !FileManager.default.fileExists(atPath: url.path)
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        guard access(url.path, W_OK | X_OK) == 0 else {
            throw CommandFailure(
                .cannotCreate, "The state directory of the demo cannot be made or written: \(String(cString: strerror(errno))).")
        }
        if isNew { try? Data().write(to: marker) }
    }

    /// Whether a demo made it.
    var isOwn: Bool { FileManager.default.fileExists(atPath: marker.path) }

    /// Removes it with everything in it, if a demo made it.
    func remove() throws {
        if isOwn { try FileManager.default.removeItem(at: url) }
    }
}
