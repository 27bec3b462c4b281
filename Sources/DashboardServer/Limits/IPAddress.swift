import Foundation
import NIOCore

/// An address of the internet protocol as a number of 16 bytes; addresses of version 4 as IPv6 has them (`::ffff:0:0/96`).
struct IPAddress: Sendable, Hashable {
    let high: UInt64
    let low: UInt64

    private static let mapped: UInt64 = 0xffff_0000_0000

    private init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    /// Reads `192.0.2.1` or `2001:db8::1`; nothing around it.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 45, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        var four = in_addr()
        if inet_pton(AF_INET, String(text), &four) == 1 {
            self.init(high: 0, low: Self.mapped | UInt64(UInt32(bigEndian: four.s_addr)))
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, String(text), &six) == 1 else { return nil }
        self.init(six)
    }

    /// The address of a peer; nil for a local socket.
    init?(_ address: SocketAddress) {
        switch address {
        case .v4(let four):
            self.init(high: 0, low: Self.mapped | UInt64(UInt32(bigEndian: four.address.sin_addr.s_addr)))
        case .v6(let six): self.init(six.address.sin6_addr)
        case .unixDomainSocket: return nil
        }
    }

    private init(_ six: in6_addr) {
        self = withUnsafeBytes(of: six) { bytes in
            IPAddress(
                high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    /// Whether it is an address of version 4.
    var isFour: Bool { high == 0 && low >> 32 == 0xffff }

    /// Whether only this machine has it.
    var isLoopback: Bool { isFour ? low >> 24 & 0xff == 127 : high == 0 && low == 1 }

    /// What is counted as one client: the address of version 4, the network of 64 bits of version 6.
    var network: String { isFour ? text : "\(IPAddress(high: high, low: 0).text)/64" }
}

extension IPAddress {
    /// As people write it.
    var text: String {
        if isFour { return (0..<4).map { String(low >> (24 - 8 * $0) & 0xff) }.joined(separator: ".") }
        var address = in6_addr()
        withUnsafeMutableBytes(of: &address) { bytes in
            bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &address, &text, socklen_t(text.count)) != nil else { return "::" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
