/// Something about a live key that the key table does not allow, or that is worth a look.
public struct CacheFinding: Sendable, Hashable {
    /// The kinds of finding.
    public enum Kind: String, Sendable, CaseIterable {
        /// The key holds another type than the table says.
        case wrongType = "wrong_type"
        /// The key must expire and does not.
        case missingExpiry = "missing_expiry"
        /// The value, or a part of it, cannot be read.
        case unreadable
        /// The value can be read and does not belong under this key: another symbol, or a closed position.
        case misplaced
        /// There are more entries than the cap.
        case overCap = "over_cap"
        /// The name is in a family of the table, and nothing in that family has such a name.
        case orphan
        /// The key is not in its index: lists of all symbols, positions or metrics do not show it.
        case unindexed
        /// An index names a key that does not exist.
        case danglingIndex = "dangling_index"
        /// The name is in no family of the table: some caller's own. Allowed, and therefore no problem.
        case unknownName = "unknown_name"
    }

    public let kind: Kind
    /// The key, without the namespace.
    public let key: String
    /// What was found, as one sentence.
    public let sentence: String

    init(_ kind: Kind, _ key: String, _ sentence: String) {
        self.kind = kind
        self.key = key
        self.sentence = sentence
    }

    /// Whether a promise is broken; `false` for what is only worth a look.
    public var isProblem: Bool { kind != .unknownName }

    /// Whether reconciling the indexes puts it right.
    public var isRepairable: Bool { kind == .unindexed || kind == .danglingIndex }
}
