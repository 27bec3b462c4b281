public import CacheServices

extension AuditLogEntry {
    /// Reads an entry that is in the trail: unknown fields are kept; throws `JSONParseError` or `ValidationError`.
    public init(stored bytes: [UInt8]) throws {
        let value = try JSONParser.parse(bytes, duplicateKeys: .lastWins, maximumDepth: JSONParser.greatestMaximumDepth)
        var reader = JSONObjectReader(value, mode: .lenient)
        let action = reader.value("action")?.text
        let after = reader.value("after_state", .optional)
        let auditID = reader.text("audit_id", Limits.auditID)
        let before = reader.value("before_state", .optional)
        let eventType = reader.choice("event_type", of: AuditEventType.self)
        let ipAddress = reader.value("ip_address", .optional)?.text
        let metadata = reader.value("metadata", .optional)
        let symbol = reader.symbol("symbol")
        let timestamp = reader.timestamp("timestamp")
        let userID = reader.value("user_id", .optional)?.text
        let unknown = reader.finish()
        guard reader.problems.isEmpty, let auditID, let timestamp, let eventType, let symbol, let action else { throw reader.error }
        self.init(
            auditID: auditID, timestamp: timestamp, eventType: eventType, userID: userID, symbol: symbol, action: action,
            beforeState: before, afterState: after, metadata: metadata, ipAddress: ipAddress, unknown: unknown)
    }

    /// The entry as it goes over the wire; what is absent has no field.
    public var jsonValue: JSONValue {
        var members = [JSONValue.Member("action", .string(action))]
        func add(_ name: String, _ value: JSONValue?) {
            if let value { members.append(.init(name, value)) }
        }
        add("after_state", afterState)
        add("audit_id", .string(auditID))
        add("before_state", beforeState)
        add("event_type", .string(eventType.rawValue))
        add("ip_address", ipAddress.map(JSONValue.string))
        add("metadata", metadata)
        add("symbol", .string(symbol.rawValue))
        add("timestamp", .string(timestamp.iso8601))
        add("user_id", userID.map(JSONValue.string))
        return .object(members + unknown)
    }

    /// The bytes as they are stored and hashed: canonical, without a line break.
    public var json: [UInt8] { JSONWriter.bytes(jsonValue) }
}
