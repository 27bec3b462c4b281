import HTTPTypes
import NIOCore

/// Which proxies are believed when they say for whom they ask. Pure.
struct ProxyPolicy: Sendable {
    /// The addresses of `USDCOP_TRUSTED_PROXIES`.
    let trusted: [AddressRange]
    /// Whether it matters to anybody that a request passed a proxy: where callers of this machine need no key, or a proxy is believed.
    let matters: Bool

    /// How many hops are looked at; more are a mistake or an attack.
    private static let maximumHops = 32
    /// What proxies add. Where one of these stands, the peer is not who asks.
    private static let marks: Set<HTTPField.Name> = [
        .xForwardedFor, .forwarded, .xRealIP, .via, .xForwardedHost, .xForwardedProto, .xForwardedPort, .xForwardedServer, .xClientIP,
        .trueClientIP, .cfConnectingIP,
    ]

    /// Where a request comes from.
    ///
    /// Of `X-Forwarded-For` and `Forwarded` (RFC 7239) the last hop counts that is not trusted: what stands before it can be anybody's
    /// invention. When both are there and disagree, one of them was passed on unseen, and neither is believed.
    func origin(peer: SocketAddress?, _ headers: HTTPFields) -> ClientOrigin {
        let peer = peer.flatMap { IPAddress($0) }
        guard matters, headers.contains(where: { Self.marks.contains($0.name) }) else {
            return ClientOrigin(address: peer, isProxied: false)
        }
        guard let peer, isTrusted(peer) else { return ClientOrigin(address: peer, isProxied: true) }
        let plain = headers.contains(.xForwardedFor) ? client(of: Self.hops(headers[values: .xForwardedFor]), behind: peer) : nil
        let forwarded =
            headers.contains(.forwarded)
            ? client(of: Self.hops(headers[values: .forwarded]).map(Self.forValue), behind: peer) : nil
        if let plain, let forwarded, plain != forwarded { return ClientOrigin(address: peer, isProxied: true) }
        return ClientOrigin(address: plain ?? forwarded ?? peer, isProxied: true)
    }

    private func isTrusted(_ address: IPAddress) -> Bool { trusted.contains { $0.contains(address) } }

    /// Goes from hop to hop, the nearest first, up to the first that is not trusted; a hop that cannot be read ends the way before it.
    private func client(of hops: [Substring], behind peer: IPAddress) -> IPAddress {
        var client = peer
        for hop in hops.reversed().prefix(Self.maximumHops) {
            guard let address = Self.address(hop) else { break }
            client = address
            if !isTrusted(address) { break }
        }
        return client
    }

    private static func hops(_ values: [String]) -> [Substring] {
        values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmingSpaces) }
    }

    /// The value of `for` in one element of `Forwarded`; empty, and so unreadable, when there is none.
    private static func forValue(_ element: Substring) -> Substring {
        for pair in element.split(separator: ";").map(\.trimmingSpaces) where pair.lowercased().hasPrefix("for=") {
            let value = pair.dropFirst(4)
            return value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"") ? value.dropFirst().dropLast() : value
        }
        return ""
    }

    /// Reads an address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
    private static func address(_ text: Substring) -> IPAddress? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            return IPAddress(text[text.index(after: text.startIndex)..<end])
        }
        if let colon = text.firstIndex(of: ":"), text[text.index(after: colon)...].firstIndex(of: ":") == nil {
            return isPort(text[colon...]) ? IPAddress(text[..<colon]) : nil
        }
        return IPAddress(text)
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.hasPrefix(":") && (2...6).contains(text.utf8.count) && text.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
