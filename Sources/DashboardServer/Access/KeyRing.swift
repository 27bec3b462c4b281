import Crypto
public import CacheServices

/// The API keys of an installation, held as digests; compared in constant time.
public struct KeyRing: Sendable {
    /// One key's owner.
    public struct Holder: Sendable, Hashable {
        /// Who uses the key; the user of the audit trail.
        public let name: String
        /// What the key allows.
        public let role: Role

        /// Names a holder.
        public init(name: String, role: Role) {
            self.name = name
            self.role = role
        }
    }

    private struct Entry: Sendable {
        let holder: Holder
        let digest: SHA256Digest
    }

    private let entries: [Entry]

    /// No keys mean that only loopback callers are served.
    public init(_ keys: [(holder: Holder, key: String)]) {
        entries = keys.map { Entry(holder: $0.holder, digest: SHA256.hash(data: Array($0.key.utf8))) }
    }

    /// Reads lines `role:name:key`; empty lines and lines that start with `#` are passed by.
    ///
    /// - Throws: `ValidationError` naming the line; never what stands in it.
    public init(lines text: String) throws(ValidationError) {
        var keys: [(Holder, String)] = []
        var lines: [String: Int] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.drop { $0 == " " || $0 == "\t" }
            if line.isEmpty || line.hasPrefix("#") { continue }
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let role = Role(rawValue: String(parts[0])), Self.isName(parts[1]), Self.isKey(parts[2]) else {
                throw ValidationError(
                    field: "line \(index + 1)", code: .malformed,
                    sentence: """
                        must be role:name:key with role reader, writer or administrator, a name of 1–128 printable characters and a key \
                        of 16–512 printable ASCII characters
                        """)
            }
            if let first = lines.updateValue(index + 1, forKey: String(parts[2])) {
                // One of the two roles would win without a word.
                throw ValidationError(
                    field: "line \(index + 1)", code: .malformed, sentence: "has the key of line \(first); every line needs its own")
            }
            keys.append((Holder(name: String(parts[1]), role: role), String(parts[2])))
        }
        self.init(keys)
    }

    /// Whether there is no key at all.
    public var isEmpty: Bool { entries.isEmpty }

    /// Who holds this key; `nil` for nobody. Takes the same time whichever key matches, and whether one does.
    public func holder(of key: String) -> Holder? {
        let digest = SHA256.hash(data: Array(key.utf8))
        var found: Holder?
        // Digests compare in constant time; every one is compared.
        for entry in entries where entry.digest == digest { found = entry.holder }
        return found
    }

    private static func isName(_ text: Substring) -> Bool {
        (1...128).contains(text.count) && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && $0.value >= 0x20 }
    }

    private static func isKey(_ text: Substring) -> Bool {
        (16...512).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }
}
