import Foundation

/// A state directory of one test's own, removed with it.
final class ScratchState: Sendable {
    let url = URL(fileURLWithPath: "/tmp").appendingPathComponent("usdcop-test-\(UUID().uuidString.prefix(8))", isDirectory: true)

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }
}
