/// A host with its port, as it stands in an address, an origin or the header `Host`; in lowercase.
struct WebHost: Sendable, Hashable {
    enum Scheme: String, Sendable {
        case http, https

        fileprivate var port: Int { self == .http ? 80 : 443 }
    }

    /// A name, an address of four numbers, or an IPv6 address in brackets.
    let name: String
    /// nil for the one that the scheme has anyway.
    let port: Int?

    /// - Returns: nil for anything that is no host with an optional port.
    init?(_ text: String, scheme: Scheme) {
        // In lowercase some other letters are those of a name.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let text = text.lowercased()
        var rest = text[...]
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            let address = rest[rest.index(after: rest.startIndex)..<end]
            guard !address.isEmpty,
                address.utf8.allSatisfy({ Self.isHexadecimal($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
            else { return nil }
            name = String(rest[...end])
            rest = rest[rest.index(after: end)...]
        } else {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            guard (1...253).contains(rest[..<end].utf8.count), rest[..<end].utf8.allSatisfy(Self.isOfName) else { return nil }
            name = String(rest[..<end])
            rest = rest[end...]
        }
        guard let colon = rest.first else {
            port = nil
            return
        }
        let digits = rest.dropFirst()
        guard colon == ":", (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.first != "0", let port = Int(digits), port <= 65_535
        else { return nil }
        self.port = port == scheme.port ? nil : port
    }

    var text: String { port.map { "\(name):\($0)" } ?? name }

    /// Whether it is a name of this machine, whatever anybody's name server says.
    var isLoopback: Bool {
        if name == "localhost" || name == "[::1]" || name.hasSuffix(".localhost") { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }
}
