import NIOCore

extension SocketAddress {
    /// Whether only this machine can be behind it.
    var isLoopback: Bool {
        switch self {
        // The four bytes of the address lie behind those of family and port, on every system.
        case .v4(let address): withUnsafeBytes(of: address.address) { $0[4] == 127 }
        case .v6: ipAddress == "::1"
        case .unixDomainSocket: true
        }
    }
}
