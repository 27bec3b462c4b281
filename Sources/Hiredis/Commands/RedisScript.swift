import Crypto

/// A Lua script that Redis runs as one atomic step.
///
/// The source is a constant; data reaches it only through `KEYS` and `ARGV`. Every script of this project checks types and inputs
/// before its first write, so that an error from a script means that nothing was written.
public struct RedisScript: Sendable, Hashable {
    /// The Lua source.
    public let source: String
    /// The lowercase hexadecimal SHA-1 of the source, by which Redis knows it.
    public let sha1: String
    /// What it is called in measurements; empty for one without a name.
    public let name: String
    let access: RedisCommand.Access

    /// - Parameters:
    ///   - name: what the script is called in measurements; a constant like the source.
    ///   - access: `.read` for a script that writes nothing, which makes it retryable.
    public init(named name: String = "", _ source: String, access: RedisCommand.Access = .write) {
        self.name = name
        self.source = source
        self.access = access
        self.sha1 = Insecure.SHA1.hash(data: Array(source.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    public static func == (left: RedisScript, right: RedisScript) -> Bool { left.sha1 == right.sha1 }
    public func hash(into hasher: inout Hasher) { hasher.combine(sha1) }
}
