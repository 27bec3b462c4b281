public import CacheServices

/// What a client's `Idempotency-Key` becomes: the hash of the key, under which Redis remembers it, and the fingerprint of the request.
public struct IdempotencyKey: Sendable, Hashable {
    /// How long a key is remembered.
    public static let lifetime = Duration.seconds(86_400)

    /// SHA-256 of the client's key.
    public let key: ChainHash
    /// SHA-256 of what was asked: the same key with another one is a mistake of the client.
    public let fingerprint: ChainHash

    init(key: ChainHash, fingerprint: ChainHash) {
        self.key = key
        self.fingerprint = fingerprint
    }

    /// - Parameters:
    ///   - key: what the client sent, 1 to 255 printable ASCII characters.
    ///   - owner: who sent it: keys of different users never meet.
    ///   - request: the bytes of the request.
    /// - Throws: `ValidationError` for a key of another form.
    public init(_ key: String, owner: String, request: [UInt8]) throws(ValidationError) {
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw ValidationError(
                field: "Idempotency-Key", code: .malformed, sentence: "must be 1 to 255 printable ASCII characters without spaces")
        }
        self.init(key: .of(Array(owner.utf8) + [0x0a] + Array(key.utf8)), fingerprint: .of(request))
    }
}
