import Foundation

/// A pseudo-terminal as standard output of the program, or as its standard error.
enum Terminal {
    static func output(of arguments: [String], environment: [String: String]) async throws -> String {
        try await run(arguments, environment) { $0.standardOutput = $1 }
    }

    static func errors(of arguments: [String], environment: [String: String]) async throws -> String {
        try await run(arguments, environment) { $0.standardError = $1 }
    }

    private static func run(
        _ arguments: [String], _ environment: [String: String], attach: (Process, FileHandle) -> Void
    ) async throws -> String {
        var (master, slave): (Int32, Int32) = (-1, -1)
        guard openpty(&master, &slave, nil, nil, nil) == 0 else { throw POSIXError(.ENOTTY) }
        let process = Process()
        process.executableURL = Program.executable
        process.arguments = arguments
        process.environment = environment.merging(Program.sanitizing) { given, _ in given }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        attach(process, FileHandle(fileDescriptor: slave, closeOnDealloc: true))
        let ended = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in ended.continuation.finish() }
        try process.run()
        for await _ in ended.stream {}
        // What a small table is fits into the terminal's buffer, which outlives the program.
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = read(master, &bytes, bytes.count)
        close(master)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
