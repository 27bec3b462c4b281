import CacheServices
import Crypto

/// The key of the checkpoints. It lives outside Redis, so that whoever can write to Redis still cannot sign.
public struct AuditSigningKey: Sendable {
    /// The fewest bytes that a key may have.
    public static let minimumBytes = 16

    private let key: SymmetricKey

    /// Takes the bytes of a key file; one line break at the end does not count.
    ///
    /// - Returns: `nil` when fewer than 16 bytes are left.
    public init?(contents: [UInt8]) {
        var bytes = contents[...]
        if bytes.last == 0x0a { bytes.removeLast() }
        if bytes.last == 0x0d { bytes.removeLast() }
        guard bytes.count >= Self.minimumBytes else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// HMAC-SHA-256 of bytes.
    package func signature(of bytes: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
    }

    /// Whether a signature is ours; compared in constant time.
    package func isValid(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: bytes, using: key)
    }

    /// Tells keys apart without giving one away: the first 16 hexadecimal digits of the HMAC of a constant.
    package var name: String {
        signature(of: Array("usdcop audit key".utf8)).prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

extension AuditSigningKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "key \(name)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
