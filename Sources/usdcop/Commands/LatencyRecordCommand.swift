import ArgumentParser
import CacheServices
import HealthServices

/// Records samples of the command line, a file or a pipe.
struct LatencyRecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Record how long a service took.",
        discussion: """
            With --file many samples are read, one object of JSON on each line: service, operation, latency_ms, and if need be success \
            and metadata. A bad line is named and passed by (exit 65).

            Examples:
              usdcop latency record api execute_trade 125
              usdcop latency record api execute_trade 2300.5 --failed --metadata '{"venue":"SET-FX"}'
              my-trader | usdcop latency record --file -
            """)

    @Argument(help: "Who did something.", transform: Arguments.operation)
    var service: OperationName?

    @Argument(help: "What was done.", transform: Arguments.operation)
    var operation: OperationName?

    @Argument(help: ArgumentHelp("How long it took in milliseconds, 0 to 1000000000.", valueName: "ms"), transform: Arguments.milliseconds)
    var latency: Double?

    @Flag(help: "It did not do what it was for.")
    var failed = false

    @Option(help: ArgumentHelp("What else belongs to it, an object of JSON.", valueName: "json"), transform: Arguments.object)
    var metadata: JSONValue?

    @Option(help: ArgumentHelp("A file of samples, or - for standard input.", valueName: "file"), completion: .file())
    var file: String?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Latency") var samples: LatencyOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard file == nil else {
            guard service == nil, !failed, metadata == nil else {
                throw ArgumentParser.ValidationError("--file stands alone: service, operation and the rest are in the file.")
            }
            return
        }
        guard service != nil, operation != nil, latency != nil else {
            throw ArgumentParser.ValidationError("Give service, operation and milliseconds, or --file.")
        }
    }

    func run() async throws {
        let writer = LatencyWriter(readings: try given(), path: file)
        let count = try await connection.withLatency(samples) { monitor, _ in try await writer.run(monitor) }
        try output.show(["recorded": .integer(count.recorded)]) { _ in
            "recorded \(NumberText.integer(count.recorded)) \(count.recorded == 1 ? "sample" : "samples")\n"
        }
        if count.faults > 0 { throw CommandFailure(.badData, "not recorded: \(count.faults)") }
    }

    /// What the command line itself says, with the checks that every sample from outside goes through.
    private func given() throws(CacheServices.ValidationError) -> [LatencyReading] {
        guard let service, let operation, let latency else { return [] }
        var members: [JSONValue.Member] = [
            .init("service", .string(service.rawValue)), .init("operation", .string(operation.rawValue)),
            .init("latency_ms", .finite(latency)), .init("success", .bool(!failed)),
        ]
        if let metadata { members.append(.init("metadata", metadata)) }
        return [try LatencyReading(strict: .object(members))]
    }
}
