import Foundation

/// The host of an address from configuration. Pure.
enum NetworkHost {
    /// The host as it stands in an address, an IPv6 address in brackets; `nil` when it is none.
    static func written(_ parts: URLComponents) -> String? {
        guard let host = parts.host, (1...255).contains(host.utf8.count), host.utf8.allSatisfy(isAllowed) else { return nil }
        return host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: ".-_:[]".utf8.contains(byte)
        }
    }
}
