import NIOCore

/// Knows until when a connection may go on as it is. Pure: it is told what came and went, and when.
struct ConnectionClock: Sendable {
    private let limits: ConnectionLimits
    /// Requests whose head came and whose answer is not over.
    private var underWay = 0
    /// Whether the last of them is still coming.
    private var isBodyComing = false
    /// Since when the connection is in its present state; of a request that is coming, its first byte.
    private var since: NIODeadline
    private var isHandshaking: Bool
    private var isHeadComing = false
    private var failedAt: NIODeadline?

    init(_ limits: ConnectionLimits, isTLS: Bool, now: NIODeadline) {
        self.limits = limits
        since = now
        isHandshaking = isTLS
    }

    /// Whether nobody is waiting for anything: such a connection may be given up for another.
    var isWaiting: Bool { underWay == 0 }

    /// Whether a body is still coming whose request was answered.
    var isBodyUnread: Bool { underWay == 0 && isBodyComing }

    /// When the connection is closed unless something happens; nil while the service has to answer.
    var deadline: NIODeadline? {
        if underWay == 0 {
            if let failedAt { return failedAt + ConnectionLimits.linger }
            return since + (isHandshaking || isHeadComing ? limits.headerTimeout : limits.idleTimeout)
        }
        // Of requests that were sent ahead only the one whose turn it is has to come in time.
        return underWay == 1 && isBodyComing ? since + limits.requestTimeout : nil
    }

    mutating func shookHands(at now: NIODeadline) {
        isHandshaking = false
        since = now
    }

    /// Bytes came that were not the end of anything.
    mutating func cameIncomplete(at now: NIODeadline) {
        guard underWay == 0, !isHeadComing else { return }
        isHeadComing = true
        since = now
    }

    mutating func headCame(at now: NIODeadline) {
        if underWay == 0, !isHeadComing { since = now }
        isHeadComing = false
        underWay += 1
        isBodyComing = true
    }

    mutating func requestEnded() { isBodyComing = false }

    mutating func answered(at now: NIODeadline) {
        guard underWay > 0 else { return }
        underWay -= 1
        if !(underWay == 0 && isBodyComing) { since = now }
        if failedAt != nil { failedAt = now }
    }

    /// Nothing will be answered any more, whatever is under way.
    mutating func gaveUp(at now: NIODeadline) {
        underWay = 0
        failedAt = now
    }

    /// What came is no HTTP, or nothing comes any more.
    mutating func failed(at now: NIODeadline) {
        if failedAt == nil { failedAt = now }
        isBodyComing = false
    }
}
