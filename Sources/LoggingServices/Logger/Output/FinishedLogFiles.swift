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

    /// A path for a file whose last record is of this time; a millisecond later for each that is taken.
    func path(_ time: Timestamp) -> String? {
        for step in 0..<1000 {
            let path = directory + "/" + name(time + .milliseconds(step))
            if access(path, F_OK) != 0 { return path }
        }
        return nil
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
