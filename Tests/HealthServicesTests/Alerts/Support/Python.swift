import Foundation
import NIOPosix

/// What a Python script of the tests of interoperation prints, given an input.
func python(_ name: String, _ arguments: [String], input: [UInt8]) async throws -> String {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../Interop/\(name)").standardized
    return try await NIOThreadPool.singleton.runIfActive {
        let process = Process()
        let (given, printed) = (Pipe(), Pipe())
        process.executableURL = PythonProcess.interpreter
        process.arguments = [script.path] + arguments
        process.standardInput = given
        process.standardOutput = printed
        try process.run()
        // Less than a pipe holds.
        given.fileHandleForWriting.write(Data(input))
        try given.fileHandleForWriting.close()
        let data = printed.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
