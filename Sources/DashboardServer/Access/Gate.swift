import HTTPTypes

/// Decides who calls, and whether that suffices for a route. Pure: the caller's address comes as a value.
struct Gate: Sendable {
    let keys: KeyRing

    /// Who calls.
    ///
    /// Without keys, loopback callers are writers. A credential that cannot be right is an error even where none is needed.
    func caller(_ headers: HTTPFields, isLoopback: @autoclosure () -> Bool) throws(Problem) -> Caller {
        guard let credential = try Self.credential(in: headers) else {
            return keys.isEmpty && isLoopback() ? Caller(name: nil, role: .writer) : .nobody
        }
        guard let holder = keys.holder(of: credential) else {
            throw Self.unauthenticated(
                keys.isEmpty ? "No API keys are configured here, so none can be right." : "The API key is not known.")
        }
        return Caller(name: holder.name, role: holder.role)
    }

    /// Lets a caller through to what needs a role.
    func admit(_ caller: Caller, to role: Role) throws(Problem) {
        if let own = caller.role, own >= role { return }
        guard caller.name == nil else {
            throw Problem(.forbidden, "This needs the role \(role.rawValue); the key has the role \(caller.role?.rawValue ?? "none").")
        }
        throw Self.unauthenticated("This needs an API key with the role \(role.rawValue), as Authorization: Bearer or X-API-Key.")
    }

    /// Whether a request tries to say who calls.
    static func hasCredential(_ headers: HTTPFields) -> Bool { headers.contains(.apiKey) || headers.contains(.authorization) }

    /// The one credential of a request; two that differ are none.
    private static func credential(in headers: HTTPFields) throws(Problem) -> String? {
        var credentials: [String] = headers[values: .apiKey]
        for value in headers[values: .authorization] {
            let parts = value.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else {
                throw unauthenticated("The header Authorization must be Bearer and an API key.")
            }
            credentials.append(String(parts[1].trimmingSpaces))
        }
        guard let first = credentials.first else { return nil }
        guard credentials.allSatisfy({ $0 == first }) else { throw unauthenticated("The request has two different API keys.") }
        return first
    }

    private static func unauthenticated(_ detail: String) -> Problem {
        Problem(.unauthenticated, detail, headers: [.wwwAuthenticate: "Bearer realm=\"usdcop\""])
    }
}
