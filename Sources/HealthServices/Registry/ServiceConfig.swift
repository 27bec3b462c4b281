public import CacheServices

/// A service that is to be watched (Seed: ServiceConfig).
public struct ServiceConfig: Sendable {
    /// What intervals may be, in milliseconds: up to six hours, so that three of them end before the lifetime of a status does.
    public static let intervals = 500...21_600_000
    /// What time-outs may be, in milliseconds.
    public static let timeouts = 10...60_000

    public let name: OperationName
    /// Where it is checked; `nil` for a custom check.
    public let url: ProbeURL?
    /// The time between two checks.
    public let checkInterval: Duration
    /// The time that one check may take.
    public let timeout: Duration
    let probe: any HealthProbe
    var kind: RegisteredService.Kind

    /// A service that is checked at an address.
    ///
    /// - Throws: `ValidationError` for an interval outside of 500 ms to six hours, or a time-out outside of 10 ms to a minute.
    public init(
        name: OperationName, url: ProbeURL, checkInterval: Duration = .seconds(30), timeout: Duration = .seconds(5)
    ) throws(ValidationError) {
        try self.init(
            name: name, url: url, checkInterval: checkInterval, timeout: timeout, probe: url.probe,
            kind: url.hasCredentials ? .process : .url)
    }

    /// A service that is checked by a probe of the caller's own (Seed: healthCheck), in every process that registers it.
    public init(
        name: OperationName, checkInterval: Duration = .seconds(30), timeout: Duration = .seconds(5), probe: any HealthProbe
    ) throws(ValidationError) {
        try self.init(name: name, url: nil, checkInterval: checkInterval, timeout: timeout, probe: probe, kind: .process)
    }

    /// A service that is checked by a closure (Seed: healthCheck).
    public init(
        name: OperationName, checkInterval: Duration = .seconds(30), timeout: Duration = .seconds(5),
        healthCheck: @escaping @Sendable () async throws -> HealthCheckResult
    ) throws(ValidationError) {
        try self.init(name: name, checkInterval: checkInterval, timeout: timeout, probe: CustomProbe(healthCheck))
    }

    init(
        name: OperationName, url: ProbeURL?, checkInterval: Duration, timeout: Duration, probe: any HealthProbe,
        kind: RegisteredService.Kind
    ) throws(ValidationError) {
        var problems: [FieldProblem] = []
        func check(_ field: String, _ duration: Duration, _ range: ClosedRange<Int>) {
            guard !range.contains(duration.wholeMilliseconds) else { return }
            problems.append(
                FieldProblem(
                    field: field, code: .outOfRange, sentence: "must be an integer from \(range.lowerBound) to \(range.upperBound)"))
        }
        check("check_interval_ms", checkInterval, Self.intervals)
        check("timeout_ms", timeout, Self.timeouts)
        guard problems.isEmpty else { throw ValidationError(problems) }
        self.name = name
        self.url = url
        self.checkInterval = checkInterval
        self.timeout = timeout
        self.probe = probe
        self.kind = kind
    }
}

extension ServiceConfig: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without user and password, wherever it is printed.
    public var description: String { "\(name) at \(url?.redacted ?? "a check of its own"), every \(checkInterval), within \(timeout)" }
    public var debugDescription: String { description }
}
