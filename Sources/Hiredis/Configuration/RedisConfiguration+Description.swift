extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Where it leads to, without user and password.
    public var description: String {
        switch endpoint {
        case .tcp(let host, let port): "\(tls == nil ? "redis" : "rediss")://\(host):\(port)/\(database)"
        case .unixSocket(let path): "unix://\(path)?db=\(database)"
        }
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// `dump` and failed expectations show this, so it has no credentials either.
    public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
