import Foundation

/// A program of this machine that was run to its end.
struct ToolRun: Sendable {
    let status: Int32
    /// Both of its streams.
    let output: String

    /// - Parameter input: what it reads from its standard input.
    init(_ arguments: [String], input: String = "") throws {
        let directory = URL(fileURLWithPath: "/tmp").appendingPathComponent("usdcop-test-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        // Files, so that no pipe ever fills.
        let (given, said) = (directory.appendingPathComponent("in"), directory.appendingPathComponent("out"))
        try Data(input.utf8).write(to: given)
        try Data().write(to: said)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: given)
        let output = try FileHandle(forWritingTo: said)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        self.output = try String(contentsOf: said, encoding: .utf8)
    }
}

/// A file of the project by its path from the root.
func projectFile(_ path: String, from file: String = #filePath) -> URL {
    var root = URL(fileURLWithPath: file)
    while root.path != "/", !FileManager.default.fileExists(atPath: root.appendingPathComponent("Package.swift").path) {
        root.deleteLastPathComponent()
    }
    return root.appendingPathComponent(path)
}
