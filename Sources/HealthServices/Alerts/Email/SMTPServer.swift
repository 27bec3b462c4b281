public import CacheServices
import Foundation

/// The mail server that takes alerts, from `smtp://` or `smtps://user:password@host:port`.
///
/// With a user the connection is always encrypted before the password goes: `smtps` is from its start, `smtp` must offer STARTTLS. Without one,
/// `smtp` uses STARTTLS where it is offered.
public struct SMTPServer: Sendable, Hashable {
    static let sentence = "must be smtp:// or smtps:// with a host, and an optional user with a password and port"

    /// Certificates to trust instead of the system's, as a file in PEM; `SMTP_CA_FILE`.
    public var caFile: String?
    /// Scheme, host and port, and nothing else.
    let address: String
    let user: String?
    let password: String?
    /// Whether a server without encryption is refused.
    let needsTLS: Bool

    /// Checks a text from configuration; throws when it is no such address.
    public init(_ text: String) throws(ValidationError) {
        let failure = ValidationError(field: "smtp", code: .malformed, sentence: Self.sentence)
        guard (1...2048).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), scheme == "smtp" || scheme == "smtps",
            let host = NetworkHost.written(parts), parts.port.map({ (1...65_535).contains($0) }) ?? true,
            parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil,
            (parts.user == nil) == (parts.password == nil), parts.user != "", parts.password != ""
        else { throw failure }
        // Control characters would end the line of a command.
        for secret in [parts.user, parts.password] {
            guard secret?.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) ?? true else { throw failure }
        }
        address = "\(scheme)://\(host)\(parts.port.map { ":\($0)" } ?? "")"
        user = parts.user
        password = parts.password
        needsTLS = scheme == "smtps" || parts.user != nil
    }
}

extension SMTPServer: CustomStringConvertible, CustomReflectable {
    public var description: String { address }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
