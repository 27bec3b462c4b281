import Crypto

/// Whose requests, exports and streams are counted together.
enum CountedClient: Sendable, Hashable {
    /// Everybody with one API key, by its name.
    case key(String)
    /// Everybody at one address; of IPv6 at one network of 64 bits, because that is what one customer gets.
    case network(String)

    /// Whoever has a right key is counted by it, everybody else by the address.
    init(_ caller: Caller?, at origin: ClientOrigin) {
        self = caller?.name.map(Self.key) ?? .network(origin.address?.network ?? "local")
    }

    /// A name for a key of Redis: nobody reads names and addresses there, and nothing from outside becomes part of a key.
    var hash: String {
        let text =
            switch self {
            case .key(let name): "key \(name)"
            case .network(let network): "network \(network)"
            }
        return SHA256.hash(data: Array(text.utf8)).prefix(16).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
