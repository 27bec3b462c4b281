/// Keeps secrets out of logs: by the name of a field, and in URLs.
public enum Redaction {
    /// What stands in place of a secret.
    public static let mark = "[redacted]"

    /// Whether a field of this name holds a secret: password, token, authorization, api_key, secret, credential, cookie and the like,
    /// whatever the case and the separators.
    public static func isSecret(_ name: String) -> Bool {
        let letters = name.lowercased().filter { $0.isLetter }
        return secrets.contains { letters.contains($0) }
    }

    private static let secrets = [
        "password", "passwd", "passphrase", "token", "authorization", "apikey", "secret", "credential", "cookie", "privatekey",
    ]

    /// The text with user and password of every URL in it replaced: `redis://user:pw@host` becomes `redis://[redacted]@host`.
    public static func redactingURLs(_ text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let scheme = rest.firstRange(of: "://") {
            result += rest[..<scheme.upperBound]
            rest = rest[scheme.upperBound...]
            let authority = rest.prefix { !"/?#\"'<> \n\r\t".contains($0) }
            if let at = authority.lastIndex(of: "@") {
                result += mark
                rest = rest[at...]
            }
        }
        return result + rest
    }
}
