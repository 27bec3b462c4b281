import CacheServices

/// What a server answered, as it came over the wire.
struct HTTPReply: Sendable {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    /// The value of a header; nil when it is not there.
    subscript(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; null when it is none.
    var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }

    /// The `code` of a problem.
    var code: String? { self["Content-Type"] == "application/problem+json" ? json["code"]?.text : nil }

    /// The names of the fields or parameters that a problem lists.
    var wrong: [String] {
        (json["errors"]?.elements ?? []).compactMap { $0["field"]?.text ?? $0["parameter"]?.text }
    }

    /// Takes one reply off the front of received bytes; nil while it is not whole.
    static func take(from bytes: inout [UInt8], isHead: Bool) -> HTTPReply? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (name: String(parts[0]), value: String(parts.count > 1 ? parts[1].drop { $0 == " " } : ""))
        }
        let status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        let reply = HTTPReply(status: status, headers: headers, body: [])
        if reply["Content-Type"] == "text/event-stream" {
            // It has no end: what comes behind the head stays where it is.
            bytes.removeFirst(end.upperBound)
            return reply
        }
        if !isHead, status != 304, reply["Transfer-Encoding"] == "chunked" {
            guard let (body, rest) = unchunked(bytes[end.upperBound...]) else { return nil }
            bytes = rest
            return HTTPReply(status: status, headers: headers, body: body)
        }
        let length = isHead || status == 304 ? 0 : reply["Content-Length"].flatMap { Int($0) } ?? 0
        guard bytes.count - end.upperBound >= length else { return nil }
        let body = Array(bytes[end.upperBound..<end.upperBound + length])
        bytes.removeFirst(end.upperBound + length)
        return HTTPReply(status: status, headers: headers, body: body)
    }

    /// A body in chunks and what comes behind it; nil while it is not whole.
    private static func unchunked(_ bytes: ArraySlice<UInt8>) -> (body: [UInt8], rest: [UInt8])? {
        var (body, rest) = ([UInt8](), bytes)
        while let line = rest.firstRange(of: Array("\r\n".utf8)) {
            guard let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16) else { return nil }
            let data = rest[line.upperBound...]
            guard data.count >= size + 2 else { return nil }
            body += data.prefix(size)
            rest = data.dropFirst(size + 2)
            if size == 0 { return (body, Array(rest)) }
        }
        return nil
    }
}
