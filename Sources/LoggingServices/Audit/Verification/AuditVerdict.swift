public import CacheServices

/// What verification found.
///
///     let verdict = try await AuditVerifier(key: key).verify(client, namespace: "usdcop")
///     print(verdict.isSound ? "sound" : "broken", "\(verdict.notYetSigned) not yet signed")
public struct AuditVerdict: Sendable, Hashable {
    /// What is known of the signatures of the checkpoints.
    public enum Signatures: String, Sendable, Hashable, CaseIterable {
        /// They are ours, as far as nothing else is said.
        case verified
        /// There are signatures, but no key was given to check them.
        case noKey = "no_key"
        /// There are checkpoints without signatures.
        case unsigned
        /// There are no checkpoints.
        case none
    }

    /// The most breaks that are listed; more are counted.
    public static let maximumBreaks = 1000

    /// What is broken, in the order of the trail.
    public let breaks: [AuditBreak]
    /// Breaks beyond those that are listed.
    public let unlistedBreaks: Int
    /// Entries that were read.
    public let entries: Int
    /// Writers of these entries.
    public let writers: Int
    /// Checkpoints that were read, the anchor included where it is newer.
    public let checkpoints: Int
    /// The last entry that a checkpoint vouches for.
    public let signedThrough: StreamID?
    /// Entries after it, proved by the chains alone.
    public let notYetSigned: Int
    public let signatures: Signatures
    /// What a reader should know besides, a sentence each.
    public let notes: [String]

    /// Whether nothing is broken.
    public var isSound: Bool { breaks.isEmpty }

    /// Members `is_sound`, `breaks`, `unlisted_breaks`, `entries`, `writers`, `checkpoints`, `signed_through`, `not_yet_signed`,
    /// `signatures`, `notes`.
    public var jsonValue: JSONValue {
        [
            "breaks": .array(breaks.map(\.jsonValue)), "checkpoints": .integer(checkpoints), "entries": .integer(entries),
            "is_sound": .bool(isSound), "not_yet_signed": .integer(notYetSigned), "notes": .array(notes.map(JSONValue.string)),
            "signatures": .string(signatures.rawValue), "signed_through": signedThrough.map { .string("\($0)") } ?? .null,
            "unlisted_breaks": .integer(unlistedBreaks), "writers": .integer(writers),
        ]
    }
}
