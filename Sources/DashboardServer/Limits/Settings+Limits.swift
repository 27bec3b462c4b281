import HTTPTypes
import Logging
import NIOCore

extension Settings {
    /// What a connection may take.
    var connectionLimits: ConnectionLimits {
        ConnectionLimits(
            headerTimeout: TimeAmount(limits.headerTimeout), requestTimeout: TimeAmount(requestTimeout),
            idleTimeout: TimeAmount(idleTimeout), stallTimeout: TimeAmount(limits.stallTimeout),
            maximumHeaderSize: limits.maximumHeaderSize)
    }

    /// All limits, for the line of the log that tells them at the start.
    var limitsInWords: Logger.Metadata {
        let spared = limits.rate != nil && limits.sparesLoopback && keys.isEmpty
        return [
            "rate": "\(limits.rate.map(\.description) ?? "off")\(spared ? ", callers of this machine not counted" : "")",
            "connections": "\(maximumConnections)", "streams": "\(allowedStreams)", "exports": "\(limits.maximumExports)",
            "header_bytes": "\(limits.maximumHeaderSize)", "headers": "\(ConnectionLimits.maximumHeaderCount)",
            "body_bytes": "\(limits.maximumBodySize)", "batch_bytes": "\(BodyRule.batch.maximumSize(standard: limits.maximumBodySize))",
            "uri_bytes": "\(DashboardResponder.maximumURISize)", "header_timeout": "\(limits.headerTimeout)",
            "request_timeout": "\(requestTimeout)", "idle_timeout": "\(idleTimeout)", "stall_timeout": "\(limits.stallTimeout)",
            "tls": "\(certificate == nil ? "off" : "1.2 and later")", "trusted_proxies": "\(trustedProxies.count)",
            "hosts":
                "\(keys.isEmpty || !allowedHosts.isEmpty ? "of this machine\(allowedHosts.isEmpty ? "" : " and \(allowedHosts.count) more")" : "any")",
        ]
    }

    /// What stands between the network and the routes.
    func borders(_ limiter: RateLimiter?, isBare: Bool = false) -> Borders {
        Borders(
            gate: Gate(keys: keys), origins: OriginPolicy(listed: corsOrigins, hosts: allowedHosts, hasKeys: !keys.isEmpty),
            hosts: HostPolicy(listed: allowedHosts, bound: host.lowercased(), hasKeys: !keys.isEmpty),
            proxies: ProxyPolicy(trusted: trustedProxies, matters: keys.isEmpty || !trustedProxies.isEmpty), limiter: limiter,
            sparesLoopback: limits.sparesLoopback,
            common: isBare ? [HTTPField(name: .cacheControl, value: "no-cache")] : Borders.common(isTLS: certificate != nil))
    }
}
