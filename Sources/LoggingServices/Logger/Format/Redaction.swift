/// Keeps secrets out of logs: by the name of a field, by the name before a value within a text, and in URLs.
public enum Redaction {
    /// What stands in place of a secret.
    public static let mark = "[redacted]"

    /// Whether a field of this name holds a secret: password, token, authorization, api_key, secret, credential, cookie and the like,
    /// whatever the case and the separators.
    public static func isSecret(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { isSecret($0) }
    }

    /// The text without what looks like a secret in it.
    ///
    /// - user and password of every URL: `redis://user:pw@host` becomes `redis://[redacted]@host`;
    /// - the value behind a name that means a secret: `password=…`, `"token": "…"`, `Authorization: Bearer …`, `?api_key=…`;
    /// - what follows the word `Bearer`.
    ///
    /// A value without quotes ends at a space, a comma, a semicolon, `&` or a closing bracket: what else of a secret lies behind one
    /// of these cannot be known. Values of metadata are better given under a name of their own.
    public static func redacting(_ text: String) -> String {
        var text = text
        return text.withUTF8 { SecretScanner.redacted($0) }.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// The same for a name in UTF-8; only ASCII letters count.
    static func isSecret(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: name.count) { letters in
            var count = 0
            for unit in name {
                let letter = unit | 0x20
                guard letter >= UInt8(ascii: "a"), letter <= UInt8(ascii: "z") else { continue }
                letters[count] = letter
                count += 1
            }
            for start in 0..<max(0, count - 2) where words(from: letters, start, count) { return true }
            return false
        }
    }

    private static func words(from letters: UnsafeMutableBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Bool {
        func has(_ word: StaticString) -> Bool {
            guard count - start >= word.utf8CodeUnitCount else { return false }
            for index in 0..<word.utf8CodeUnitCount where letters[start + index] != word.utf8Start[index] { return false }
            return true
        }
        switch letters[start] {
        case UInt8(ascii: "a"): return has("authorization") || has("apikey") || has("accesskey")
        case UInt8(ascii: "c"): return has("credential") || has("cookie")
        case UInt8(ascii: "j"): return has("jwt")
        case UInt8(ascii: "p"):
            return has("password") || has("passwd") || has("passphrase") || has("privatekey") || has("pwd")
        case UInt8(ascii: "s"): return has("secret") || has("signingkey")
        case UInt8(ascii: "t"): return has("token")
        default: return false
        }
    }
}
