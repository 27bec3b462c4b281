import Foundation

/// How much memory this process holds.
public enum ResidentMemory {
    /// Whether a sanitizer holds memory back, so that what stays says nothing.
    public static let isSanitized = ["TSAN_OPTIONS", "ASAN_OPTIONS"].contains { ProcessInfo.processInfo.environment[$0] != nil }

    /// Bytes in RAM now, by `/proc/self/status`; `nil` where there is none.
    public static var bytes: Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
    }
}
