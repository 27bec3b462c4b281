import Crypto

/// The secret that this service shares with the receivers of its webhooks.
public struct WebhookSecret: Sendable {
    /// The fewest bytes that a secret may have.
    public static let minimumBytes = 16

    private let key: SymmetricKey

    /// Takes the bytes of a secret's file; one line break at the end does not count.
    ///
    /// - Returns: `nil` when fewer than 16 bytes are left.
    public init?(contents: [UInt8]) {
        var bytes = contents[...]
        if bytes.last == 0x0a { bytes.removeLast() }
        if bytes.last == 0x0d { bytes.removeLast() }
        guard bytes.count >= Self.minimumBytes else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// The value of the header `X-Usdcop-Signature`: `t=<seconds since 1970>,v1=<HMAC-SHA-256 in lowercase hexadecimal>`, made over the
    /// seconds, a full stop and the body, so that neither can be replaced and an old request can be told.
    func signature(of body: [UInt8], seconds: Int64) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(seconds).".utf8) + body, using: key)
        let digits = Array("0123456789abcdef".utf8)
        let hex = code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return "t=\(seconds),v1=\(String(decoding: hex, as: UTF8.self))"
    }
}

extension WebhookSecret: CustomStringConvertible, CustomReflectable {
    public var description: String { "secret" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
