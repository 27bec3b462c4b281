/// An error that Redis itself answered: the command was not executed, or the part of it that the error stands for was not.
public struct RedisServerError: Error, Sendable, Hashable {
    /// What kind of refusal it is, told by the first word of the answer.
    public enum Kind: Sendable, Hashable {
        /// The data set is being read from disk; try later.
        case loading
        /// A script or function runs for too long; try later.
        case busy
        /// A replica has lost its master and may not serve; try later.
        case masterDown
        /// A slot is being moved; try later.
        case tryAgain
        /// The cluster is down; try later.
        case clusterDown
        /// The server is a read-only replica.
        case readOnly
        /// `maxmemory` is reached and the policy does not evict.
        case outOfMemory
        /// Writes are stopped because persistence fails.
        case misconfigured
        /// Not enough replicas for `min-replicas-to-write`.
        case noReplicas
        /// No or wrong credentials.
        case authentication
        /// The user may not run this command or touch this key.
        case noPermission
        /// The key holds another type.
        case wrongType
        /// EVALSHA of a script that the server does not know.
        case noScript
        /// `maxclients` is reached.
        case tooManyClients
        /// Any other refusal.
        case other
    }

    /// What kind of refusal it is.
    public let kind: Kind
    /// The first word of the answer, e.g. `WRONGTYPE`.
    public let code: String
    /// The whole answer. For logs of this process only: it can name keys.
    public let text: String

    /// Reads the text of an error reply, without its leading `-`.
    public init(_ text: String) {
        self.text = text
        // Redis' own codes are such words; what else a server sends must not reach a log as if it were one.
        let code = text.utf8.prefix(32).prefix { Self.isLetter($0) || $0 == UInt8(ascii: "_") }
        self.code = code.isEmpty ? "ERR" : String(decoding: code, as: UTF8.self)
        self.kind = Self.kinds[self.code] ?? (text.hasPrefix("ERR max number of clients") ? .tooManyClients : Self.scriptError(text))
    }

    /// The same kind, and nothing that the server could have repeated.
    func withoutText() -> RedisServerError {
        RedisServerError(Self.kinds[code] == nil ? "ERR" : code, kind: kind)
    }

    private init(_ code: String, kind: Kind) {
        (self.code, self.text, self.kind) = (code, code, kind)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & ~0x20) }

    /// Whether Redis itself says that the same command may be accepted later.
    public var saysTryLater: Bool {
        switch kind {
        case .loading, .busy, .masterDown, .tryAgain, .clusterDown: true
        default: false
        }
    }

    private static let kinds: [String: Kind] = [
        "LOADING": .loading, "BUSY": .busy, "MASTERDOWN": .masterDown, "TRYAGAIN": .tryAgain, "CLUSTERDOWN": .clusterDown,
        "READONLY": .readOnly, "OOM": .outOfMemory, "MISCONF": .misconfigured, "NOREPLICAS": .noReplicas,
        "NOAUTH": .authentication, "WRONGPASS": .authentication, "NOPERM": .noPermission,
        "WRONGTYPE": .wrongType, "NOSCRIPT": .noScript,
    ]

    /// Errors of commands inside a script reach older clients wrapped in `ERR Error running script`; the kind is the inner one's.
    private static func scriptError(_ text: String) -> Kind {
        if text.hasPrefix("ERR AUTH ") || text.hasPrefix("ERR invalid password") { return .authentication }
        // What an ACL refuses inside a script has no word of its own: so say 7.0 and, since 7.2, the others.
        if text.hasPrefix("ERR The user executing the script can't") || text.hasPrefix("ERR ACL failure in script") { return .noPermission }
        guard text.hasPrefix("ERR Error running script") || text.hasPrefix("ERR user_script") else { return .other }
        for (word, kind) in kinds where text.contains("-" + word + " ") || text.contains(": " + word + " ") { return kind }
        return .other
    }
}

extension RedisServerError: CustomStringConvertible {
    /// The answer of Redis, for logs of this process only. Where Redis repeats the arguments of a command that it does not know, the
    /// answer ends before them: they can be anybody's values.
    public var description: String {
        guard let echo = text.firstRange(of: ", with args beginning with") else { return text }
        return String(text[..<echo.lowerBound])
    }
}
