import HTTPTypes

/// Everything that stands between the network and the routes: who calls from where, for which host, from which page, and how often.
struct Borders: Sendable {
    let gate: Gate
    let origins: OriginPolicy
    let hosts: HostPolicy
    let proxies: ProxyPolicy
    /// nil where requests are not counted.
    let limiter: RateLimiter?
    /// Whether callers of this machine are not counted where no key is needed: the machine and the service are theirs.
    let sparesLoopback: Bool
    /// The headers that every answer has, unless it says otherwise.
    let common: [HTTPField]

    /// Who calls; nobody where no role is needed.
    func caller(_ headers: HTTPFields, for role: Role?, from origin: ClientOrigin) -> Result<Caller, Problem> {
        guard role != nil else { return .success(.nobody) }
        return Result { () throws(Problem) in try gate.caller(headers, isLoopback: origin.isLoopback) }
    }

    /// With whom a request is counted: with its key if it has a right one, else with its address.
    ///
    /// - Parameter caller: nil for somebody with a wrong key, whose tries are counted, too.
    /// - Returns: nil where requests are not counted.
    func counted(_ caller: Caller?, from origin: ClientOrigin) -> (limiter: RateLimiter, client: CountedClient)? {
        guard let limiter else { return nil }
        if sparesLoopback, gate.keys.isEmpty, origin.isLoopback { return nil }
        return (limiter, CountedClient(caller, at: origin))
    }

    /// The refusal of somebody who asks too often.
    static func tooMany(_ standing: RateLimitStanding) -> Problem {
        Problem(
            .rateLimited, "This client has used up its rate; nothing was done.", outcome: .notRecorded,
            headers: [.retryAfter: String(standing.seconds)])
    }

    /// The names of ``common(isTLS:)``.
    static let commonNames = Set(common(isTLS: true).map(\.name))

    /// The headers that every answer has: nothing is guessed, framed, embedded or told to other sites.
    static func common(isTLS: Bool) -> [HTTPField] {
        let headers: HTTPFields = [
            .cacheControl: "no-cache", .xContentTypeOptions: "nosniff", .referrerPolicy: "no-referrer",
            .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'", .crossOriginResourcePolicy: "same-origin",
        ]
        return Array(headers) + (isTLS ? [HTTPField(name: .strictTransportSecurity, value: "max-age=31536000")] : [])
    }
}
