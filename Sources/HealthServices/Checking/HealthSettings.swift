public import CacheServices

/// How services are watched.
public struct HealthSettings: Sendable {
    /// What the keys start with.
    public var namespace = Namespace.standard
    /// The services of the configuration.
    public var services: [ServiceConfig] = []
    /// Services that the configuration switches off: they are removed where an earlier configuration registered them.
    public var switchedOff: Set<OperationName> = []
    /// Names this process' place, the same after a restart: what it registered and its configuration has no more, it removes again. Without
    /// blanks; `nil` leaves everything where it is.
    public var publisher: String?
    /// Checks after which a change of status has lasted and is told to people.
    public var alertAfter = 2

    /// The defaults; no services.
    public init() {}
}
