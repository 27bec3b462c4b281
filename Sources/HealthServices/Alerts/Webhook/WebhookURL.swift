public import CacheServices
import Crypto
import Foundation

/// The address of a webhook: http or https, valid by construction, shown without anything that could be a secret.
public struct WebhookURL: Sendable, Hashable {
    static let sentence = "must be http:// or https:// with a host, and at most 2048 printable ASCII characters"

    /// The address without user and password.
    let target: String
    /// What user and password are sent as; `nil` without them.
    let authorization: String?
    /// Scheme and authority, and the first digits of a hash that tells addresses of one host apart: the path of a webhook is often its key.
    public let name: String

    /// Checks a text from configuration; throws when it is no such address.
    public init(_ text: String) throws(ValidationError) {
        guard (1...2048).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            var parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), scheme == "http" || scheme == "https",
            let host = NetworkHost.written(parts), parts.port.map({ (1...65_535).contains($0) }) ?? true, parts.fragment == nil
        else { throw ValidationError(field: "webhook", code: .malformed, sentence: Self.sentence) }
        let (user, password) = (parts.user, parts.password)
        authorization =
            user == nil && password == nil ? nil : "Basic " + Data("\(user ?? ""):\(password ?? "")".utf8).base64EncodedString()
        (parts.scheme, parts.user, parts.password) = (scheme, nil, nil)
        guard let target = parts.string else {
            throw ValidationError(field: "webhook", code: .malformed, sentence: Self.sentence)
        }
        self.target = target
        // User and password have no part in the hash: a weak password could be guessed from it.
        let tag = SHA256.hash(data: Array(target.utf8)).prefix(4).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        name = "\(scheme)://\(host)\(parts.port.map { ":\($0)" } ?? "")#\(tag)"
    }
}

extension WebhookURL: CustomStringConvertible, CustomReflectable {
    public var description: String { name }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
