import ArgumentParser
import CacheServices
import DashboardServer
import HealthServices

/// Watches one more service.
struct HealthRegisterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Watch a service, or change how it is watched.",
        discussion: """
            The monitor takes it up within seconds. A service of the configuration is registered anew whenever serve starts. An address with \
            a password in it belongs into USDCOP_SERVICES: what stands in the registry, everybody may read.

            Examples:
              usdcop health register risk-engine http://risk.internal:8004/health
              usdcop health register gateway tcp://gateway.internal:9001 --interval 10s --timeout 2s
            """)

    @Argument(help: "The name.", transform: Arguments.operation)
    var name: OperationName

    @Argument(help: "http, https, ws, wss, tcp, redis or postgres URL; /health is asked where an HTTP address has no path.")
    var url: String

    @Option(help: ArgumentHelp("Time between two checks.", valueName: "duration"), transform: Arguments.duration)
    var interval = Duration.seconds(30)

    @Option(help: ArgumentHelp("Time for one check.", valueName: "duration"), transform: Arguments.duration)
    var timeout = Duration.seconds(5)

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let address = try ProbeURL(url)
        guard !address.hasCredentials else {
            throw CommandFailure(
                .badData, "the address has a user, a password or a token in it; such a service belongs into USDCOP_SERVICES")
        }
        guard name != DefaultServices.redis else { throw CommandFailure(.badData, "redis is always watched") }
        let config = try ServiceConfig(name: name, url: address, checkInterval: interval, timeout: timeout)
        let service = try await connection.withHealth { checker in
            do throws(CacheError) {
                try await checker.registry.register(config, origin: .command)
            } catch {
                guard error.code == .overCapacity else { throw error }
                throw CommandFailure(.badData, error.message)
            }
            return checker.registry.getService(config.name)
        }
        try output.show(["service": service?.jsonValue ?? .null]) { _ in "watching \(config.name) at \(address.redacted)\n" }
    }
}

/// Watches one service less.
struct HealthUnregisterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unregister", abstract: "Stop watching a service, and forget its status and history.",
        discussion: """
            A service of the configuration comes back when serve starts again; to be rid of it, set its variable to nothing. Exits with 1 \
            when there is no such service.

            Examples:
              usdcop health unregister risk-engine
            """)

    @Argument(help: "The name.", transform: Arguments.operation)
    var name: OperationName

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let name = name
        guard name != DefaultServices.redis else { throw CommandFailure(.badData, "redis is always watched") }
        let wasThere = try await connection.withHealth { try await $0.registry.unregister(name) }
        try output.show(["unregistered": .bool(wasThere)], isThere: wasThere, orSay: "no service \(name) is registered") { _ in
            "\(name) is watched no more\n"
        }
    }
}

/// Writes the registry out.
struct HealthExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write services, statuses and figures as one JSON object.",
        discussion: "There are no passwords in it.\n\nExamples:\n  usdcop health export | jq -r '.services[].name'")

    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let json = try await connection.withHealth { $0.registry.export() }
        try Console().write(JSONWriter.bytes(json) + [UInt8(ascii: "\n")])
    }
}
