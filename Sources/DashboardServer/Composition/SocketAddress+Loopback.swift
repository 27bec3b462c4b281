import NIOCore

extension SocketAddress {
    /// Whether only this machine can be behind it.
    var isLoopback: Bool {
        switch self {
        case .v4(let address): UInt32(bigEndian: address.address.sin_addr.s_addr) >> 24 == 127
        case .v6: ipAddress == "::1"
        case .unixSocket: true
        }
    }
}
