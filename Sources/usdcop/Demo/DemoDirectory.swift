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
        let missing = missingFolders
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        guard access(url.path, W_OK | X_OK) == 0 else {
            throw CommandFailure(
                .cannotCreate, "The state directory of the demo cannot be made or written: \(String(cString: strerror(errno))).")
        }
        if missing > 0 { try? Data("\(missing)\n".utf8).write(to: marker) }
    }

    /// Whether a demo made it.
    var isOwn: Bool { FileManager.default.fileExists(atPath: marker.path) }

    /// Removes it with everything in it, if a demo made it, and the folders around it that were made with it and are empty again.
    func remove() throws {
        guard isOwn else { return }
        let text = (try? String(contentsOf: marker, encoding: .utf8)) ?? ""
        let made = Int(text.split(separator: "\n").first ?? "") ?? 1
        try FileManager.default.removeItem(at: url)
        var folder = url
        for _ in 1..<max(2, made) where made > 1 {
            folder.deleteLastPathComponent()
            guard rmdir(folder.path) == 0 else { return }
        }
    }

    /// How many folders at the end of the path are not there.
    private var missingFolders: Int {
        var (folder, count) = (url.standardizedFileURL, 0)
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path) {
            folder.deleteLastPathComponent()
            count += 1
        }
        return count
    }
}
