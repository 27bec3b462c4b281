import FoundationEssentials

extension RedisConfiguration {
    /// Reads `redis://`, `rediss://` or `unix://` addresses.
    ///
    /// `redis://[user[:password]@]host[:port][/database]`, `unix://[user[:password]@]/path[?db=0]`; both accept the query
    /// parameters `db` and `client_name`. User and password are percent-encoded.
    ///
    /// - Parameters:
    ///   - url: the address.
    ///   - caFile: trusted certificates for `rediss://`; see ``RedisTLS``.
    ///   - separate: the password when it comes from elsewhere (a file); an address that has one too is refused.
    /// - Throws: ``RedisError`` with `configuration`; its message never repeats the address.
    public init(url: String, caFile: String? = nil, password separate: String? = nil) throws(RedisError) {
        guard let parts = URLComponents(string: url, encodingInvalidCharacters: false), let scheme = parts.scheme?.lowercased() else {
            throw Self.invalid("it is not a URL (percent-encode special characters in user and password)")
        }
        self.init()
        switch scheme {
        case "redis", "rediss": endpoint = try Self.tcpEndpoint(parts)
        case "unix", "redis+unix": endpoint = try Self.socketEndpoint(parts)
        default: throw Self.invalid("the scheme must be redis, rediss or unix")
        }
        if scheme == "rediss" { tls = try RedisTLS(caFile: caFile) }
        user = try Self.credential(parts.user, encoded: parts.percentEncodedUser)
        password = try Self.credential(parts.password, encoded: parts.percentEncodedPassword)
        guard password == nil || separate == nil else { throw Self.invalid("it has a password, and another one is given beside it") }
        password = password ?? separate
        guard user == nil || password != nil else {
            throw Self.invalid("a user needs a password; a password alone is written redis://:password@host")
        }
        guard parts.fragment == nil else { throw Self.invalid("percent-encode # in user and password") }
        if case .tcp = endpoint, !parts.path.isEmpty, parts.path != "/" { database = try Self.database(String(parts.path.dropFirst())) }
        try apply(parts.queryItems ?? [])
    }

    private mutating func apply(_ items: [URLQueryItem]) throws(RedisError) {
        for item in items {
            switch item.name {
            case "db": database = try Self.database(item.value ?? "")
            case "client_name": clientName = try Self.clientName(item.value ?? "")
            default: throw Self.invalid("the query parameters are db and client_name")
            }
        }
    }

    private static func tcpEndpoint(_ parts: URLComponents) throws(RedisError) -> RedisEndpoint {
        var host = parts.host ?? ""
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { throw invalid("the host is missing") }
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { throw invalid("the host has spaces or control characters") }
        // A number too large for `Int` is no port to Foundation, but it was meant to be one.
        let hasPort = parts.rangeOfPort.map { !$0.isEmpty } ?? false
        let port = parts.port ?? (hasPort ? 0 : 6379)
        guard (1...65535).contains(port) else { throw invalid("the port must be 1…65535") }
        return .tcp(host: host, port: port)
    }

    private static func socketEndpoint(_ parts: URLComponents) throws(RedisError) -> RedisEndpoint {
        guard parts.host ?? "" == "", parts.path.hasPrefix("/"), parts.path.count > 1 else {
            throw invalid("a socket is written unix:///absolute/path")
        }
        guard !parts.path.utf8.contains(0) else { throw invalid("the path of a socket holds no NUL") }
        // sockaddr_un has room for 107 bytes and the terminator.
        guard parts.path.utf8.count <= 107 else { throw invalid("the path of a socket has at most 107 bytes") }
        return .unixSocket(path: parts.path)
    }

    /// `nil` for none or an empty one; what is not UTF-8 when decoded must not pass for none.
    private static func credential(_ text: String?, encoded: String?) throws(RedisError) -> String? {
        guard let encoded, !encoded.isEmpty else { return nil }
        guard let text, !text.isEmpty else { throw invalid("user and password must be percent-encoded UTF-8") }
        return text
    }

    private static func database(_ text: String) throws(RedisError) -> Int {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), number <= 0x7fff_ffff else {
            throw invalid("the database must be a number from 0")
        }
        return number
    }

    private static func clientName(_ text: String) throws(RedisError) -> String {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw invalid("client_name is 1…64 printable characters without spaces")
        }
        return text
    }

    private static func invalid(_ why: String) -> RedisError {
        RedisError(.configuration, .notSent, "The Redis address cannot be used: \(why).")
    }
}
