import DashboardServer
import Logging
import LoggingServices

/// Runs the work of a command with the logging of the process set up, and brings out every line before the process ends.
///
/// Once in a process: swift-log takes one setup. Nothing logs before, for what a log should be like is known only from the arguments.
func withLog<Value: Sendable>(
    _ settings: LoggingSettings, _ work: (Logger, LogOutput) async throws -> Value
) async throws -> Value {
    let output = settings.bootstrap(metadataProvider: .currentRequest)
    do {
        let value = try await work(Logger(label: "usdcop"), output)
        await output.flush()
        return value
    } catch {
        await output.flush()
        throw error
    }
}
