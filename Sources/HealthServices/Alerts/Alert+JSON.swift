import CacheServices

extension Alert {
    private enum Kind: String, CaseIterable {
        case service, risk
    }

    /// Reads an alert that is in the stream: unknown fields are kept; throws `JSONParseError` or `ValidationError`.
    public init(stored bytes: [UInt8]) throws {
        guard bytes.count <= Self.maximumBytes else {
            throw ValidationError(field: "alert", code: .outOfRange, sentence: "must have at most \(Self.maximumBytes) bytes")
        }
        let value = try JSONParser.parse(bytes, duplicateKeys: .lastWins)
        var reader = JSONObjectReader(value, mode: .lenient)
        let kind = reader.choice("kind", of: Kind.self)
        let id = reader.text("id", TextRule(maximumLength: 256))
        let at = reader.timestamp("at")
        let message = reader.value("message")?.text
        var subject: Subject?
        switch kind {
        case .service?:
            let service = reader.text("service", TextRule(maximumLength: 64))
            let from = reader.text("from", TextRule(maximumLength: 64), .optional)
            let to = reader.text("to", TextRule(maximumLength: 64))
            if let service, let to { subject = .service(service, from: from, to: to) }
        case .risk?:
            let severity = reader.text("severity", TextRule(maximumLength: 64), .optional)
            if let symbol = reader.symbol("symbol") { subject = .risk(severity: severity, symbol: symbol.rawValue) }
        case nil: break
        }
        if let id, !Self.isIdentity(id) { reader.report("id", .malformed, "must be printable ASCII") }
        guard reader.problems.isEmpty, let id, let at, let message, let subject else { throw reader.error }
        self.init(id: id, subject: subject, at: at, message: message, jsonValue: value)
    }

    /// The bytes as they are stored and sent: canonical, without a line break.
    public var json: [UInt8] { JSONWriter.bytes(jsonValue) }
}
