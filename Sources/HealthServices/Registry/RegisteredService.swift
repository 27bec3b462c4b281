public import CacheServices

/// A service as all processes know it: what stands in the registry in Redis. There is nothing secret in it.
public struct RegisteredService: Sendable, Hashable {
    /// Who can check it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Every process, at its address.
        case url
        /// Only processes that registered it themselves: the check is code of theirs, or its address has a password in it.
        case process
        /// Every process, through its own connection.
        case redis
    }

    /// Who registered it.
    public enum Origin: String, Sendable, Hashable, CaseIterable {
        case configuration, code, administrator, command
    }

    public let name: OperationName
    /// Without user and password.
    public let url: String?
    public let checkInterval: Duration
    public let timeout: Duration
    public let kind: Kind
    public let origin: Origin

    init(_ config: ServiceConfig, origin: Origin) {
        name = config.name
        url = config.url?.redacted
        checkInterval = config.checkInterval
        timeout = config.timeout
        kind = config.kind
        self.origin = origin
    }

    /// As it stands in Redis and in exports.
    public var jsonValue: JSONValue {
        [
            "name": .string(name.rawValue), "url": url.map(JSONValue.string) ?? .null,
            "check_interval_ms": .integer(checkInterval.wholeMilliseconds), "timeout_ms": .integer(timeout.wholeMilliseconds),
            "checked_by": .string(kind.rawValue), "origin": .string(origin.rawValue),
        ]
    }

    /// Reads what Redis holds; `nil` for what is no service. What a person wrote by hand needs a name and an address.
    init?(stored bytes: [UInt8], name: OperationName) {
        guard let value = try? JSONParser.parse(bytes, duplicateKeys: .lastWins), value.members != nil else { return nil }
        func duration(_ field: String, _ range: ClosedRange<Int>, _ standard: Int) -> Duration? {
            guard let value = value[field] else { return .milliseconds(standard) }
            guard case .number(let number) = value, let integer = number.integer, range.contains(integer) else { return nil }
            return .milliseconds(integer)
        }
        guard let interval = duration("check_interval_ms", ServiceConfig.intervals, 30_000),
            let timeout = duration("timeout_ms", ServiceConfig.timeouts, 5000)
        else { return nil }
        self.name = name
        url = value["url"]?.text
        kind = value["checked_by"]?.text.flatMap(Kind.init) ?? .url
        origin = value["origin"]?.text.flatMap(Origin.init) ?? .command
        checkInterval = interval
        self.timeout = timeout
        guard kind != .url || url.flatMap({ try? ProbeURL($0) }) != nil else { return nil }
    }
}
