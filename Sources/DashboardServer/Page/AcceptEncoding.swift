import HTTPTypes

/// What a client says of the encodings that it takes (RFC 9110, section 12.5.3).
enum AcceptEncoding {
    /// Whether gzip may be sent: named or covered by `*`, with a weight above nothing.
    static func takesGzip(_ headers: HTTPFields) -> Bool {
        var others = false
        for item in headers[values: .acceptEncoding].flatMap({ $0.split(separator: ",") }) {
            let parts = item.split(separator: ";").map(\.trimmingSpaces)
            guard let name = parts.first?.lowercased() else { continue }
            let isWanted = !parts.dropFirst().contains { isNothing($0) }
            if name == "gzip" || name == "x-gzip" { return isWanted }
            if name == "*" { others = isWanted }
        }
        return others
    }

    /// Whether a parameter is a weight of zero: `q=0`, `q=0.000`.
    private static func isNothing(_ parameter: Substring) -> Bool {
        let parts = parameter.split(separator: "=", maxSplits: 1).map(\.trimmingSpaces)
        return parts.count == 2 && parts[0].lowercased() == "q" && Double(String(parts[1])) == 0
    }
}
