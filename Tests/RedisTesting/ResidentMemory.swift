import Foundation

/// How much memory this process holds.
public enum ResidentMemory {
    /// Bytes in RAM now, by `/proc/self/status`; `nil` where there is none.
    public static var bytes: Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
    }
}
