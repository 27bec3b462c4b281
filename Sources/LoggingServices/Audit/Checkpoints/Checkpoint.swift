import CacheServices

/// A signed statement about the trail: an entry of the stream of checkpoints, with the fields `body` and `signature`.
///
///     if let checkpoint = try await signer.checkpointNow() {
///         print("signed through", checkpoint.statement.to, "as number", checkpoint.number)
///     }
public struct Checkpoint: Sendable, Hashable {
    /// What it says.
    public let statement: CheckpointStatement
    /// The exact bytes that are signed: canonical JSON.
    public let body: [UInt8]
    /// HMAC-SHA-256 of the body as 64 hexadecimal digits; `nil` without a key.
    public let signature: String?

    /// 1, 2, 3 … without a gap.
    public var number: Int { statement.number }

    /// What the next checkpoint names as its `previous`: SHA-256 over the body, a line feed and the signature.
    public var hash: ChainHash { .of(body + [0x0a] + Array((signature ?? "").utf8)) }

    /// Makes one, signed when there is a key.
    init(_ statement: CheckpointStatement, key: AuditSigningKey?) {
        var statement = statement
        statement.keyName = key?.name
        self.statement = statement
        body = JSONWriter.bytes(statement.jsonValue)
        signature = key.map { [body] in Hexadecimal.text($0.signature(of: body)) }
    }

    /// Reads one, right or wrong; `nil` when the body cannot be read.
    init?(body: [UInt8], signature: String?) {
        guard let value = try? JSONParser.parse(body, duplicateKeys: .refused), let statement = CheckpointStatement(value) else {
            return nil
        }
        self.statement = statement
        self.body = body
        self.signature = signature
    }

    /// Reads an entry of the stream of checkpoints.
    init?(_ entry: StreamEntry) {
        guard let body = entry["body"] else { return nil }
        self.init(body: body, signature: entry["signature"].map { String(decoding: $0, as: UTF8.self) })
    }

    /// Whether the signature is that of the body with this key.
    func isSigned(by key: AuditSigningKey) -> Bool {
        guard let signature = signature.flatMap(Hexadecimal.bytes) else { return false }
        return key.isValid(signature, of: body)
    }
}
