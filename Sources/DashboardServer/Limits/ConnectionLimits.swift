import NIOCore

/// What a connection may take: bytes and time.
struct ConnectionLimits: Sendable {
    /// For the head of a request, from its first byte; and for a TLS handshake.
    var headerTimeout = TimeAmount.seconds(10)
    /// For a whole request, from its first byte.
    var requestTimeout = TimeAmount.seconds(15)
    /// For silence between requests.
    var idleTimeout = TimeAmount.seconds(60)
    /// For taking something of an answer that waits.
    var stallTimeout = TimeAmount.seconds(30)
    /// Bytes of all headers of a request; one has at most half of it.
    var maximumHeaderSize = 32 * 1024

    /// Headers of a request.
    static let maximumHeaderCount = 100
    /// Bytes that may come without being a part of anything: more are a flood of empty lines, of chunk extensions or of another protocol.
    static let maximumIdleBytes = 256 * 1024
    /// Bytes of a body that are passed by after the answer, so that its client can see why.
    static let maximumUnreadBytes = 4 << 20
    /// Bytes that the kernel takes off the service's hands (Linux takes twice as many). By itself it takes megabytes of each connection, and
    /// tells only when a third of them has left: a slow client would look like one that takes nothing.
    static let sendBuffer = SocketOptionValue(128 * 1024)
    /// How long a client that was refused has to see why.
    static let linger = TimeAmount.seconds(1)
}
