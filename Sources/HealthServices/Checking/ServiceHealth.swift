public import CacheServices

/// How one service is, and what is known of it (Seed: ServiceHealth).
public struct ServiceHealth: Sendable, Hashable {
    /// What is known besides status and latency; `nil` is not known.
    public struct Details: Sendable, Hashable {
        /// Since the service was last seen to come up; zero while it is down.
        public var uptime: Duration?
        /// As the service itself reports it.
        public var requestsPerMinute: Double?
        /// The failed part of the last 100 checks, 0 to 1.
        public var errorRate: Double?
        /// As the service itself reports it.
        public var memoryUsageMB: Double?

        public init(
            uptime: Duration? = nil, requestsPerMinute: Double? = nil, errorRate: Double? = nil, memoryUsageMB: Double? = nil
        ) {
            self.uptime = uptime
            self.requestsPerMinute = requestsPerMinute
            self.errorRate = errorRate
            self.memoryUsageMB = memoryUsageMB
        }
    }

    public let service: OperationName
    public var status: ServiceStatus
    /// How long the last check took; `nil` before the first.
    public let latency: Duration?
    /// When the last check ended; `nil` before the first.
    public let lastCheck: Timestamp?
    public var details: Details
    /// Why it is not healthy, in one sentence without secrets.
    public var reason: String?
    /// What else the check learned.
    public var metadata: [String: String]

    public init(
        service: OperationName, status: ServiceStatus, latency: Duration?, lastCheck: Timestamp?, details: Details = Details(),
        reason: String? = nil, metadata: [String: String] = [:]
    ) {
        self.service = service
        self.status = status
        self.latency = latency
        self.lastCheck = lastCheck
        self.details = details
        self.reason = reason
        self.metadata = metadata
    }

    /// A service that nobody has checked.
    public static func neverChecked(_ service: OperationName, reason: String = "not checked yet") -> ServiceHealth {
        ServiceHealth(service: service, status: .unhealthy, latency: nil, lastCheck: nil, reason: reason)
    }

    /// Intervals after which a status is believed no more.
    public static let believedIntervals = 3

    /// The status as a reader takes it: one that is older than three intervals says nothing about now.
    ///
    /// - Parameters:
    ///   - age: since the last check.
    ///   - interval: between two checks.
    public func believed(age: Duration, interval: Duration) -> ServiceHealth {
        guard age >= interval * Self.believedIntervals else { return self }
        var doubted = self
        doubted.status = .unhealthy
        doubted.reason =
            "the last check was \(TimeText.short(age)) ago, and one is due every \(TimeText.short(interval)): nobody seems to check"
        doubted.details.uptime = nil
        doubted.metadata["age_seconds"] = "\(age.wholeMilliseconds / 1000)"
        doubted.metadata["last_status"] = status.rawValue
        return doubted
    }
}
