public import Logging

/// What a logger knows about its surroundings and says with every record (Seed: LogContext).
///
/// The named fields are those of the seed; any others stand beside them. Under swift-log this is the metadata that is set on a logger;
/// the metadata that is given with a single call is the record's metadata.
public struct LogContext: Sendable, Equatable {
    /// All fields by their names on the wire.
    public var fields: Logger.Metadata

    /// Takes fields by their names on the wire.
    public init(_ fields: Logger.Metadata = [:]) { self.fields = fields }

    /// The part of the system that speaks (`service`).
    public var service: String? {
        get { text("service") }
        set { fields["service"] = newValue.map { .string($0) } }
    }

    /// On whose behalf (`user_id`).
    public var userID: String? {
        get { text("user_id") }
        set { fields["user_id"] = newValue.map { .string($0) } }
    }

    /// Within which session (`session_id`).
    public var sessionID: String? {
        get { text("session_id") }
        set { fields["session_id"] = newValue.map { .string($0) } }
    }

    /// For which request (`request_id`).
    public var requestID: String? {
        get { text("request_id") }
        set { fields["request_id"] = newValue.map { .string($0) } }
    }

    /// About which symbol (`symbol`).
    public var symbol: String? {
        get { text("symbol") }
        set { fields["symbol"] = newValue.map { .string($0) } }
    }

    /// One field by its name on the wire.
    public subscript(name: String) -> Logger.MetadataValue? {
        get { fields[name] }
        set { fields[name] = newValue }
    }

    /// This context and another on top, whose fields win.
    public func extended(by other: LogContext) -> LogContext {
        LogContext(fields.merging(other.fields) { $1 })
    }

    private func text(_ name: String) -> String? { fields[name].map { "\($0)" } }
}

extension LogContext: ExpressibleByDictionaryLiteral {
    /// `["symbol": "USDCOP"]`; of a name that is there twice the last counts.
    public init(dictionaryLiteral elements: (String, Logger.MetadataValue)...) {
        fields = Dictionary(elements) { $1 }
    }
}
