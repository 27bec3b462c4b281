import Foundation
import Logging
import NIOCore
public import ServiceLifecycle
import UnixSignals

extension DashboardService: Service {
    /// How long requests under way may take after the end of the service was asked for.
    static let drainTime = Duration.seconds(10)

    /// Serves until SIGTERM, SIGINT or a graceful shutdown; then stops accepting, drains for at most 10 seconds, and returns.
    ///
    /// - Throws: ``StartError``, or what made a part of the service fail.
    public func run() async throws {
        try await run(signals: [.sigterm, .sigint])
    }

    /// Serves with services of the caller's own beside: they start last and end first, and when one of them returns all end.
    package func run(with companions: [any Service], drainTime: Duration = Self.drainTime) async throws {
        try await run(signals: [.sigterm, .sigint], with: companions, drainTime: drainTime)
    }

    func run(signals: [UnixSignal], with companions: [any Service] = [], drainTime: Duration = Self.drainTime) async throws {
        typealias Entry = ServiceGroupConfiguration.ServiceConfiguration
        let all =
            // One that cannot begin, such as the server whose address is in use, lets the others give back what they hold.
            services.map { Entry(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) }
            + companions.map { Entry(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) }
        var configuration = ServiceGroupConfiguration(services: all, gracefulShutdownSignals: signals, logger: logger)
        configuration.maximumGracefulShutdownDuration = drainTime
        logger.info("limits", metadata: settings.limitsInWords)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            throw StartError.cannotListen(host: settings.host, port: settings.port, reason: Self.reason(error))
        } catch is SocketAddressError {
            throw StartError.unknownHost(host: settings.host)
        } catch is CancellationError where !Task.isCancelled {
            logger.warning("requests were still under way when the time to drain was over")
        }
    }

    private static func reason(_ error: IOError) -> String {
        switch error.errnoCode {
        case EADDRINUSE: "the address is in use"
        case EADDRNOTAVAIL: "this machine does not have the address"
        case EACCES: "this needs more rights"
        default: "error \(error.errnoCode)"
        }
    }
}
