/// Where a page comes from, exactly as browsers write it into the header `Origin` (RFC 6454).
public struct WebOrigin: Sendable, Hashable {
    /// `https://desk.example.com` or `http://localhost:3000`.
    public let text: String
    /// Host and port, without the port that the scheme has anyway.
    let authority: String

    /// - Returns: nil for anything else than scheme://host[:port] of http or https: `null`, other schemes, capitals, a path, a trailing
    ///   slash, a user, a needless port.
    public init?(_ text: String) {
        guard let (scheme, authority) = Self.split(text), let host = WebHost(authority, scheme: scheme), host.text == authority else {
            return nil
        }
        self.text = text
        self.authority = authority
    }

    private static func split(_ text: String) -> (scheme: WebHost.Scheme, authority: String)? {
        guard text.utf8.count <= 280 else { return nil }
        for scheme in [WebHost.Scheme.http, .https] where text.hasPrefix("\(scheme.rawValue)://") {
            return (scheme, String(text.dropFirst(scheme.rawValue.count + 3)))
        }
        return nil
    }
}
