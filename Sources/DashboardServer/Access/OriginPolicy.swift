import HTTPTypes

/// What pages of other origins may do: nothing, unless their origin is listed. Pure.
///
/// Nothing here replaces a key: the browser of whoever uses a page keeps the page from reading an answer, and from sending what a form
/// cannot send. Credentials that a browser adds by itself are never allowed; the key travels in a header that the page sets.
struct OriginPolicy: Sendable {
    /// The origins of `USDCOP_CORS_ORIGINS`.
    let listed: Set<WebOrigin>
    /// The names of `USDCOP_ALLOWED_HOSTS`.
    let hosts: Set<String>
    /// Whether callers prove who they are; else it is the address of this machine that lets them in.
    let hasKeys: Bool

    /// How long a browser may keep the answer to a preflight.
    private static let preflightSeconds = 600

    /// Refuses what a page of a foreign origin would have a browser write (CSRF).
    ///
    /// The service's own page sends its own host as origin. Where no key is needed that host must be one of this machine, or listed: the name
    /// of an attacker's page can be made to lead here (DNS rebinding). A page of a listed origin writes with a key; without keys every script
    /// of that origin could, in the browser of whoever looks at it.
    ///
    /// - Throws: ``Problem`` for a method that writes from an origin that may not.
    func check(_ method: HTTPRequest.Method, _ headers: HTTPFields, host authority: String?) throws(Problem) {
        guard !method.isRead, method != .options, let text = headers[.origin] else { return }
        let origin = headers[values: .origin].count == 1 ? WebOrigin(text) : nil
        if let origin, hasKeys && listed.contains(origin) || isOwn(origin, host: authority) { return }
        throw Problem(.foreignOrigin, "Pages of this origin may not write here; nothing was done.", outcome: .notRecorded)
    }

    private func isOwn(_ origin: WebOrigin, host authority: String?) -> Bool {
        let scheme: WebHost.Scheme = origin.text.hasPrefix("https:") ? .https : .http
        guard let host = authority.flatMap({ WebHost($0, scheme: scheme) }), host.text == origin.authority else { return false }
        return hasKeys || host.isLoopback || hosts.contains(host.name)
    }

    /// The headers that let a page of a listed origin read an answer; those that keep caches from mixing origins up where any is listed.
    func headers(for request: HTTPFields) -> HTTPFields {
        guard !listed.isEmpty else { return [:] }
        var headers: HTTPFields = [.vary: "Origin"]
        guard let origin = origin(of: request) else { return headers }
        headers[.accessControlAllowOrigin] = origin.text
        headers[.accessControlExposeHeaders] = Self.exposed
        return headers
    }

    /// Whether a request is a browser's question whether a page may send another one.
    static func isPreflight(_ method: HTTPRequest.Method, _ headers: HTTPFields) -> Bool {
        method == .options && headers[.origin] != nil && headers[.accessControlRequestMethod] != nil
    }

    /// The answer to a preflight of a listed origin; nil where there is none to give.
    func preflight(_ headers: HTTPFields, methods: String) -> Answer? {
        guard origin(of: headers) != nil else { return nil }
        let allowed = hasKeys ? methods : methods.split(separator: ", ").filter { $0 == "GET" || $0 == "HEAD" }.joined(separator: ", ")
        guard !allowed.isEmpty else { return nil }
        return Answer(
            noContent: [
                .accessControlAllowMethods: allowed, .accessControlAllowHeaders: Self.allowed,
                .accessControlMaxAge: String(Self.preflightSeconds),
            ])
    }

    private func origin(of headers: HTTPFields) -> WebOrigin? {
        guard headers[values: .origin].count == 1, let origin = headers[.origin].flatMap(WebOrigin.init) else { return nil }
        return listed.contains(origin) ? origin : nil
    }

    private static let allowed = "Authorization, X-API-Key, Content-Type, Last-Event-ID, Idempotency-Key, If-None-Match, X-Request-ID"
    private static let exposed = """
        Age, Allow, Content-Disposition, Date, ETag, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Cache-Backend, \
        X-Cache-Stale, X-Request-ID
        """
}
