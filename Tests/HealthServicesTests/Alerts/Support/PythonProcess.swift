import Foundation
import NIOCore
import NIOPosix

/// A Python program of the tests' own, ended with the test.
// Safe because nothing changes after `init`; the process is only started, asked and ended.
final class PythonProcess: @unchecked Sendable {
    private let process = Process()
    private let output = Pipe()

    /// The Python that the scripts prepare, for whoever runs them and for whoever runs `swift test` afterwards.
    static var interpreter: URL {
        if let path = ProcessInfo.processInfo.environment["USDCOP_TEST_PYTHON"] { return URL(fileURLWithPath: path) }
        let prepared = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../../.local/venv/bin/python").standardized
        let isThere = FileManager.default.isExecutableFile(atPath: prepared.path)
        return isThere ? prepared : URL(fileURLWithPath: "/usr/bin/python3")
    }

    /// - Parameter name: of a file among the tests of interoperation.
    init(_ name: String, _ arguments: [String]) async throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../Interop/\(name)")
            .standardized
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // The kernel ends it with the test process, however that ends.
        process.arguments = ["setpriv", "--pdeathsig", "KILL", Self.interpreter.path, script.path] + arguments
        process.standardOutput = output
        let process = process
        // Parent to the kernel is the thread that made the child, so it has to be one that lives as long as this process.
        try await MultiThreadedEventLoopGroup.singleton.any().submit { try process.run() }.get()
    }

    deinit { stop() }

    func stop() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// The first line that it prints.
    func line() async throws -> String {
        let handle = output.fileHandleForReading
        return try await NIOThreadPool.singleton.runIfActive {
            var line: [UInt8] = []
            while let byte = handle.readData(ofLength: 1).first, byte != 0x0a { line.append(byte) }
            return String(decoding: line, as: UTF8.self)
        }
    }
}
