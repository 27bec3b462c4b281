public import CacheServices
public import Foundation

/// How the trail is kept.
public struct AuditSettings: Sendable {
    /// `USDCOP_NAMESPACE`
    public var namespace = Namespace.standard
    /// `USDCOP_AUDIT_MAX_EVENTS`: the exact cap of the stream.
    public var maximumEvents = 10_000
    /// Whether this process may shrink a trail that others kept by a greater cap. Else its events are refused then: a cap that somebody forgot
    /// to set must not remove what cannot be brought back.
    public var mayShrink = true
    /// `USDCOP_AUDIT_RETENTION`: how long delivered journals are kept; zero removes them at once.
    public var retention = Duration.seconds(3650 * 86_400)
    /// `USDCOP_AUDIT_CHECKPOINT_EVENTS`: events between two checkpoints.
    public var checkpointEvents = 1000
    /// Time between two checkpoints while there are events.
    public var checkpointInterval = Duration.seconds(60)
    /// The contents of `USDCOP_AUDIT_KEY_FILE`: signs checkpoints; without it they are unsigned.
    public var signingKey: AuditSigningKey?
    /// Where journals and the anchor live; `nil` keeps none, and then an event that Redis cannot take is refused.
    public var stateDirectory: URL?
    /// How long one append may wait for Redis before it goes to the journal.
    public var appendTimeout = Duration.seconds(1)

    /// The defaults, without a state directory and without a key.
    public init() {}
}
