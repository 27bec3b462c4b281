import CacheServices
import Foundation

/// The files that a log file left behind: `usdcop-20250115T103000.000Z.log` beside `usdcop.log`, named after the time of their last
/// record, so that their names sort by time.
struct FinishedLogFiles: Sendable {
    private let directory: String
    private let opening: String
    private let ending: String

    init(of path: String) {
        let url = URL(fileURLWithPath: path)
        directory = url.deletingLastPathComponent().path
        opening = url.deletingPathExtension().lastPathComponent + "-"
        ending = url.pathExtension.isEmpty ? "" : "." + url.pathExtension
    }

    /// Moves a file aside under the time of its last record, or a millisecond later for each name that is taken.
    ///
    /// Nothing is replaced, whatever other processes do at the same time: the file gets its new name first, which fails when there is
    /// such a name, and loses the old one then. A process that dies in between leaves it with both names, and nothing is lost.
    ///
    /// - Parameter file: the file that is meant.
    /// - Returns: false when it cannot be moved, or when another file had come to stand under its path; that one stays there.
    func take(_ path: String, _ file: FileStatus, lastRecord: Timestamp) -> Bool {
        for step in 0..<1000 {
            let aside = directory + "/" + name(lastRecord + .milliseconds(step))
            if link(path, aside) == 0 {
                let isMeant = file.isSameFile(as: FileStatus(path: aside))
                return unlink(isMeant ? path : aside) == 0 && isMeant
            }
            switch errno {
            case EEXIST: continue
            // Not every file system lets a file have two names.
            case EPERM, ENOTSUP, ENOSYS,
                EMLINK where access(aside, F_OK) != 0:
                return file.isSameFile(as: FileStatus(path: path)) && rename(path, aside) == 0
            case EPERM, ENOTSUP, ENOSYS, EMLINK: continue
            default: return false
            }
        }
        return false
    }

    /// Removes what is too much or too old.
    func prune(_ rules: LogFileRules, now: Timestamp) {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).filter { time(of: $0) != nil }.sorted()
        for (index, name) in names.enumerated() {
            let isTooMuch = names.count - index > rules.keptFiles
            var isTooOld = false
            if let kept = rules.keptTime, let time = time(of: name) { isTooOld = now - time > kept }
            if isTooMuch || isTooOld { _ = unlink(directory + "/" + name) }
        }
    }

    private func name(_ time: Timestamp) -> String {
        opening + time.iso8601.filter { $0 != "-" && $0 != ":" } + ending
    }

    /// The time in a name; nil for a file that is none of ours.
    private func time(of name: String) -> Timestamp? {
        guard name.hasPrefix(opening), name.hasSuffix(ending), name.utf8.count == opening.utf8.count + 20 + ending.utf8.count else {
            return nil
        }
        let digits = Array(name.dropFirst(opening.count).prefix(20))
        guard digits.count == 20 else { return nil }
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return Timestamp(
            iso8601: "\(part(0..<4))-\(part(4..<6))-\(part(6..<11)):\(part(11..<13)):\(part(13..<20))")
    }
}
