/// Checks PostgreSQL: connects, logs in, and asks `SELECT 1`.
struct PostgresProbe: HealthProbe {
    private let url: String

    /// - Parameter url: `postgres://` or `postgresql://`, with user and password where the server wants them.
    init(url: String) {
        self.url = url
    }

    func check(within limit: Duration) async -> HealthCheckResult {
        let start = ContinuousClock.now
        do {
            let connection = try await LibpqConnection.begin(url)
            defer { connection.close() }
            try await connection.connect()
            guard try await connection.ask("SELECT 1") else {
                return .failure("PostgreSQL gave no row.", after: start.duration(to: .now))
            }
            return HealthCheckResult(
                success: true, latency: start.duration(to: .now), metadata: connection.version.map { ["version": $0] } ?? [:])
        } catch {
            let sentence = (error as? LibpqConnection.Failure)?.sentence ?? "The check was ended."
            return .failure(sentence, after: start.duration(to: .now))
        }
    }
}

extension LibpqConnection.Failure {
    fileprivate var sentence: String {
        switch self {
        case .cannotBegin: "There is no memory for a connection."
        case .refused: "The connection was refused."
        case .unresolved: "The name of the host cannot be resolved."
        case .credentials: "PostgreSQL refuses the user or the password."
        case .unknownDatabase: "PostgreSQL has no such database or user."
        case .startingUp: "PostgreSQL is starting up or shutting down."
        case .tooManyClients: "PostgreSQL takes no more connections."
        case .tls: "The encrypted connection failed."
        case .other: "PostgreSQL could not be asked."
        }
    }
}
