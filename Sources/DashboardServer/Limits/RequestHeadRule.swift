import NIOHTTP1

/// What the head of a request must be like beyond what the parser checks, so that no proxy and no page makes something else of it than the
/// service does (RFC 9112, sections 3.2, 6.1 and 11.2). Pure.
enum RequestHeadRule {
    /// Checks a head, and says in one way that the connection ends after its answer.
    ///
    /// - Parameter known: the host of the last request of the connection, which need not be read again.
    /// - Returns: whether it is the last request of its connection.
    @discardableResult
    static func check(_ head: inout HTTPRequestHead, known: inout String?) throws(HTTPParserError) -> Bool {
        var (host, hosts): (String?, Int) = (nil, 0)
        var (codings, isLast) = (0, head.method == .CONNECT)
        for (name, value) in head.headers {
            // By length first: most names are none of these.
            switch name.utf8.count {
            case 4 where name.lowercased() == "host":
                (host, hosts) = (value, hosts + 1)
            case 17 where name.lowercased() == "transfer-encoding":
                codings += 1
                guard value.lowercased() == "chunked" else { throw .unknown }
            case 10 where name.lowercased() == "connection":
                let options = value.lowercased().split(separator: ",").map(\.trimmingSpaces)
                // After an upgrade, which nothing here speaks, the parser takes no further request and everything that comes stays in memory.
                if options.contains("close") || options.contains("upgrade") { isLast = true }
            case 7 where name.lowercased() == "upgrade": isLast = true
            default: break
            }
        }
        let isOld = head.version != .http1_1
        // Before 1.1 nobody knows chunks; a proxy of that time would pass them on as something else.
        guard codings == 0 || codings == 1 && !isOld else { throw .unknown }
        // One connection asks for one host, as a rule.
        let isKnown = hosts == 1 && host == known && head.uri.utf8.first == UInt8(ascii: "/")
        if !isKnown { try checkHost(host, hosts, head.uri, isOld: isOld) }
        known = host
        guard isLast || isOld else { return false }
        head.headers.replaceOrAdd(name: "connection", value: "close")
        return true
    }

    private static func checkHost(_ host: String?, _ count: Int, _ uri: String, isOld: Bool) throws(HTTPParserError) {
        guard count == 1, let host else {
            if count == 0, isOld { return }
            throw .invalidHeaderToken
        }
        guard let named = WebHost(host, scheme: .http) else { throw .invalidHeaderToken }
        // An address with a scheme and a host must name the same host.
        guard uri.utf8.first != UInt8(ascii: "/"), uri != "*", let scheme = uri.firstRange(of: "://") else { return }
        let rest = uri[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard WebHost(String(authority), scheme: .http) == named else { throw .invalidHeaderToken }
    }
}
