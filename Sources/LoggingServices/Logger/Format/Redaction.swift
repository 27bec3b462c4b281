/// Keeps secrets out of logs: by the name of a field, by the name before a value within a text, and in URLs.
public enum Redaction {
    /// What stands in place of a secret.
    public static let mark = "[redacted]"

    /// Whether a field of this name holds a secret: password, token, authorization, api_key, secret, credential, cookie and the like,
    /// whatever the case and the separators; and pass, auth, bearer and signature where they are the name or its last word.
    public static func isSecret(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { units in
            DecodedText(units).map { $0.units.withUnsafeBufferPointer { isSecret($0) } } ?? isSecret(units)
        }
    }

    /// The text without what looks like a secret in it.
    ///
    /// - user and password of every URL: `redis://user:pw@host` becomes `redis://[redacted]@host`;
    /// - the value behind a name that means a secret: `password=…`, `"token": "…"`, `Authorization: Bearer …`, `?api_key=…`,
    ///   `--password …`, `password("…")`, `("X-API-Key", "…")`, `<token>…</token>`;
    /// - what follows the words `Bearer` and `AUTH`.
    ///
    /// All of it also where characters are encoded as in URLs (`%3D`) or in JSON (`\u003d`, `\/`). A value without quotes ends at a
    /// space, a comma, a semicolon, `&` or a closing bracket: what else of a secret lies behind one of these cannot be known. Values of
    /// metadata are better given under a name of their own. The time it takes grows with the length of the text, whatever stands in it.
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
            return lastWord(of: name)
        }
    }

    /// Short words, which are parts of harmless names: they count only where they end a name and begin a word.
    private static func lastWord(of name: UnsafeBufferPointer<UInt8>) -> Bool {
        func isLetter(_ unit: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(unit | 0x20) }
        var end = name.count
        while end > 0, !isLetter(name[end - 1]) { end -= 1 }
        for word: StaticString in ["pass", "auth", "bearer", "signature"] where end >= word.utf8CodeUnitCount {
            let start = end - word.utf8CodeUnitCount
            guard (0..<word.utf8CodeUnitCount).allSatisfy({ name[start + $0] | 0x20 == word.utf8Start[$0] }) else { continue }
            // `smtp_pass` and `smtpPass`, but neither `compass` nor `COMPASS`.
            return start == 0 || !isLetter(name[start - 1]) || (name[start] < 0x60 && name[start - 1] > 0x60)
        }
        return false
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
        case UInt8(ascii: "d"): return has("dbpass")
        case UInt8(ascii: "j"): return has("jwt")
        case UInt8(ascii: "m"): return has("masterauth")
        case UInt8(ascii: "p"):
            return has("password") || has("passwd") || has("passphrase") || has("passcode") || has("privatekey") || has("pwd")
        case UInt8(ascii: "r"): return has("requirepass")
        case UInt8(ascii: "s"): return has("secret") || has("signingkey") || has("smtppass")
        case UInt8(ascii: "t"): return has("token")
        default: return false
        }
    }
}
