public import CacheServices
import Foundation
import Hiredis
import LoggingServices

/// The address that a service is checked at; checked itself, and never shown with its user and password.
///
/// `http`, `https`, `ws` and `wss` are asked over HTTP, at `/health` when there is no path; `tcp://host:port` only for a connection;
/// `redis://`, `rediss://`, `unix://` and `postgres://`, `postgresql://` in their own protocols. There are no other schemes, and no
/// redirect leads out of them.
public struct ProbeURL: Sendable, Hashable {
    /// Which addresses are taken.
    public enum Admission: Sendable {
        /// Everything above: configuration, code and the command line.
        case everything
        /// `http`, `https`, `ws` and `wss` without user, password and token: what an administrator may register over HTTP.
        case webWithoutCredentials
    }

    enum Target: Sendable, Hashable {
        case http(String)
        case tcp(host: String, port: Int)
        case redis
        case postgres
    }

    package static let maximumLength = 2048

    /// With user and password; it goes to probes and nowhere else.
    let text: String
    /// Without them: `http://[redacted]@host/health`.
    public let redacted: String
    let target: Target
    let user: String?
    let password: String?

    /// Reads an address.
    ///
    /// - Throws: `ValidationError` for the field `url`; it never repeats the address.
    public init(_ text: String, admitting admission: Admission = .everything) throws(ValidationError) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7f }),
            let parts = URLComponents(string: text, encodingInvalidCharacters: false), let scheme = parts.scheme?.lowercased()
        else { throw Self.invalid("must be a URL of at most \(Self.maximumLength) bytes") }
        let isWeb = ["http", "https", "ws", "wss"].contains(scheme)
        user = parts.user
        password = parts.password
        if case .webWithoutCredentials = admission {
            guard isWeb else { throw Self.invalid("must be http, https, ws or wss") }
            guard user == nil, password == nil else {
                throw Self.invalid("must have no user and no password: such a service belongs into USDCOP_SERVICES")
            }
        }
        switch scheme {
        case "http", "https", "ws", "wss": target = .http(try Self.web(parts, scheme))
        case "tcp": target = try Self.tcp(parts)
        case "redis", "rediss", "unix":
            guard (try? RedisConfiguration(url: text)) != nil else { throw Self.invalid("is no address of Redis") }
            target = .redis
        case "postgres", "postgresql":
            guard parts.host?.isEmpty == false else { throw Self.invalid("must have a host") }
            guard Self.namesOneHost(parts) else { throw Self.invalid("must name one host, and by itself") }
            target = .postgres
        default: throw Self.invalid("must be http, https, ws, wss, tcp, redis, rediss, unix, postgres or postgresql")
        }
        self.text = text
        redacted = Self.redacting(text, parts)
        if case .webWithoutCredentials = admission, hasCredentials {
            throw Self.invalid("must have no password and no token in it: such a service belongs into USDCOP_SERVICES")
        }
    }

    /// Whether it has something in it that other processes must not read.
    public var hasCredentials: Bool { text != redacted }

    private static func web(_ parts: URLComponents, _ scheme: String) throws(ValidationError) -> String {
        guard parts.host?.isEmpty == false else { throw invalid("must have a host") }
        guard parts.port.map({ (1...65535).contains($0) }) ?? true else { throw invalid("must have a port of 1 to 65535") }
        var parts = parts
        parts.scheme = scheme == "ws" ? "http" : scheme == "wss" ? "https" : scheme
        // They travel in a header of their own.
        parts.user = nil
        parts.password = nil
        parts.fragment = nil
        if parts.path.isEmpty { parts.path = "/health" }
        guard let url = parts.string else { throw invalid("must be a URL") }
        return url
    }

    private static func tcp(_ parts: URLComponents) throws(ValidationError) -> Target {
        var host = parts.host ?? ""
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty, let port = parts.port, (1...65535).contains(port), parts.path.isEmpty || parts.path == "/" else {
            throw invalid("must be tcp://host:port")
        }
        return .tcp(host: host, port: port)
    }

    /// libpq resolves the first host on the thread that begins, and each further one wherever it happens to be polled: that may block.
    private static func namesOneHost(_ parts: URLComponents) -> Bool {
        guard parts.host?.contains(",") == false else { return false }
        return (parts.queryItems ?? []).allSatisfy { item in
            switch item.name {
            case "host", "hostaddr", "port": item.value?.contains(",") != true
            // It begins again with the first host when none was a standby.
            case "target_session_attrs": item.value != "prefer-standby"
            // It stands for a file that may name several.
            case "service": false
            default: true
            }
        }
    }

    private static func redacting(_ text: String, _ parts: URLComponents) -> String {
        guard parts.user != nil || parts.password != nil else { return Redaction.redacting(text) }
        var parts = parts
        parts.user = nil
        parts.password = nil
        // A query may carry a password, too (`?password=`, `?token=`).
        let rest = Redaction.redacting(parts.string ?? "")
        guard let start = rest.range(of: "://")?.upperBound else { return Redaction.mark }
        return "\(rest[..<start])\(Redaction.mark)@\(rest[start...])"
    }

    private static func invalid(_ sentence: String) -> ValidationError {
        ValidationError(field: "url", code: .malformed, sentence: sentence)
    }
}

extension ProbeURL: CustomStringConvertible {
    /// Without user and password.
    public var description: String { redacted }
}
