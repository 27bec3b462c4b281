/// Where a request comes from: the peer of the connection, or whom a trusted proxy names.
struct ClientOrigin: Sendable, Hashable {
    /// nil for a local socket.
    let address: IPAddress?
    /// Whether it passed a proxy. A proxy on this machine must not make everybody a caller of this machine.
    let isProxied: Bool

    /// Whether the caller is on this machine.
    var isLoopback: Bool { !isProxied && (address?.isLoopback ?? true) }
}
