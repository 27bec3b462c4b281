import Foundation

/// Who may log in to a private server, and what they may do there.
public enum RedisUsers: Sendable, Hashable {
    /// The users of `scripts/docker/users.acl`, with their rules for these namespaces.
    case deployed(namespaces: [String] = RedisUsers.namespaces)
    /// The default user alone, who may do everything.
    case open

    /// The namespaces that the file is written for.
    public static let namespaces = ["usdcop", "{usdcop}"]

    /// A user of the file, or the test itself.
    public enum User: String, Sendable, CaseIterable {
        case service = "usdcop"
        case trail = "usdcop-trail"
        case reader = "usdcop-reader"
        case administrator = "usdcop-administrator"
        /// What a test does to its server: everything.
        case test

        /// The service's is the one of the file; the others have none there and take any here.
        var password: String { self == .service ? "usdcop-development" : "any" }
    }

    /// The ACL file of a server; `nil` for one without.
    func file() throws -> String? {
        guard case .deployed(let namespaces) = self else { return nil }
        let lines = try Self.rules().map { line in
            let isOwn = User.allCases.contains { $0 != .service && line.hasPrefix("user \($0.rawValue) on ") }
            let words = Self.widen(line.split(separator: " ").map(String.init), to: namespaces)
            return (isOwn ? words.prefix(3) + ["nopass"] + words.dropFirst(3) : words[...]).joined(separator: " ")
        }
        return (lines + ["user \(User.test.rawValue) on nopass ~* &* +@all", ""]).joined(separator: "\n")
    }

    /// The lines of `scripts/docker/users.acl`.
    public static func rules() throws -> [String] {
        let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../scripts/docker/users.acl").standardized
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// Says every pattern of the namespace `usdcop` for each of the namespaces, and none for `{usdcop}`, which has the same.
    private static func widen(_ words: [String], to namespaces: [String]) -> [String] {
        guard namespaces != Self.namespaces else { return words }
        return words.flatMap { word in
            let (end, bare) = word.hasSuffix(")") ? (")", String(word.dropLast())) : ("", word)
            for mark in ["~", "%R~"] {
                if bare.hasPrefix(mark + "{usdcop}:") { return [end].filter { !$0.isEmpty } }
                guard bare.hasPrefix(mark + "usdcop:") else { continue }
                let rest = bare.dropFirst((mark + "usdcop:").count)
                return namespaces.map { "\(mark)\($0):\(rest)" } + [end].filter { !$0.isEmpty }
            }
            return [word]
        }
    }
}
