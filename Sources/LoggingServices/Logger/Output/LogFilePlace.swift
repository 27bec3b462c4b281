import Foundation

/// Where the path of a log file leads.
enum LogFilePlace {
    private static let longestChain = 40

    /// The file at the end of a path's links; nil for one that must not be moved, because it is a device or somebody's open descriptor:
    /// `/dev/stdout` can be a regular file that another program made.
    static func movableFile(behind path: String) -> String? {
        var step = URL(fileURLWithPath: path).path
        for _ in 0..<longestChain {
            guard !isSystem(step) else { return nil }
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: step) else { break }
            step = target.hasPrefix("/") ? target : URL(fileURLWithPath: step).deletingLastPathComponent().path + "/" + target
        }
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        let file = String(cString: resolved)
        return isSystem(file) ? nil : file
    }

    private static func isSystem(_ path: String) -> Bool { path.hasPrefix("/dev/") || path.hasPrefix("/proc/") }
}
