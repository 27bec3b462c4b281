/// What clients may do to the service.
public struct LimitSettings: Sendable {
    /// `USDCOP_RATE_LIMIT`; nil counts nothing.
    public var rate: RateLimit? = .standard
    /// Whether callers of this machine are not counted where there are no keys: the machine and the service are theirs.
    public var sparesLoopback = true
    /// `USDCOP_HEADER_TIMEOUT`: for the head of a request, and for TLS to begin.
    public var headerTimeout = Duration.seconds(10)
    /// `USDCOP_STALL_TIMEOUT`: for a client to take something of its answer.
    public var stallTimeout = Duration.seconds(30)
    /// `USDCOP_MAX_HEADER_SIZE`: bytes of all headers of a request.
    public var maximumHeaderSize = 32 * 1024
    /// `USDCOP_MAX_BODY_SIZE`: bytes of a body; of a batch sixteen times as many.
    public var maximumBodySize = 64 * 1024
    /// `USDCOP_MAX_EXPORTS`: exports of the audit trail at once.
    public var maximumExports = 4

    /// The defaults.
    public init() {}
}
