public import CacheServices

/// One place at which the trail is not what it was.
///
///     for found in verdict.breaks { print(found) }
///     // edited at 1736937000000-0 (writer desk-7-…, 12): The contents do not give the hash that stands beside them.
public struct AuditBreak: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// An entry has other contents than it had.
        case edited
        /// Entries between others are gone.
        case missing
        /// An entry stands where there was none.
        case inserted
        /// An entry stands at another place.
        case reordered
        /// A writer has two events with the same sequence.
        case forked
        /// Everything from some place on is gone.
        case tailCut = "tail_cut"
        /// The front is gone, neither by the cap nor by a proven clearing.
        case rogueTrim = "rogue_trim"
        /// A writer's chain was written anew from some place on.
        case rebuilt
        /// A checkpoint is gone.
        case checkpointMissing = "checkpoint_missing"
        /// A checkpoint lacks its signature.
        case checkpointUnsigned = "checkpoint_unsigned"
        /// A checkpoint is not what was signed.
        case checkpointEdited = "checkpoint_edited"
        /// Redis lost what it had acknowledged, and the trail says so itself.
        case redisLostData = "redis_lost_data"
        /// Redis does not know a writer any more whose events are all there: somebody took it out of Redis' memory of the writers.
        case writerForgotten = "writer_forgotten"
        /// A line or an element is no record.
        case unreadable
    }

    /// Where it is, as far as that can be told.
    public struct Place: Sendable, Hashable {
        /// The entry itself; where entries are gone, the nearest one that is left.
        public var streamID: StreamID?
        public var writer: WriterID?
        /// The sequences within the writer's chain.
        public var sequences: ClosedRange<Int>?
        /// The number of a checkpoint.
        public var checkpoint: Int?
        /// The line of a file, from 1.
        public var line: Int?

        public init(
            streamID: StreamID? = nil, writer: WriterID? = nil, sequences: ClosedRange<Int>? = nil, checkpoint: Int? = nil,
            line: Int? = nil
        ) {
            self.streamID = streamID
            self.writer = writer
            self.sequences = sequences
            self.checkpoint = checkpoint
            self.line = line
        }
    }

    public let kind: Kind
    public let place: Place
    /// One sentence.
    public let detail: String

    public init(_ kind: Kind, at place: Place, _ detail: String) {
        self.kind = kind
        self.place = place
        self.detail = detail
    }
}

extension AuditBreak {
    /// `{"kind":…,"place":{…},"detail":…}`; what is not known of the place is left out.
    public var jsonValue: JSONValue { ["detail": .string(detail), "kind": .string(kind.rawValue), "place": place.jsonValue] }
}

extension AuditBreak.Place {
    /// Members `checkpoint`, `line`, `sequence` and `last_sequence`, `stream_id`, `writer`.
    public var jsonValue: JSONValue {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: JSONValue?) {
            if let value { members.append(.init(name, value)) }
        }
        add("checkpoint", checkpoint.map(JSONValue.integer))
        add("last_sequence", sequences.map { .integer($0.upperBound) })
        add("line", line.map(JSONValue.integer))
        add("sequence", sequences.map { .integer($0.lowerBound) })
        add("stream_id", streamID.map { .string("\($0)") })
        add("writer", writer.map { .string($0.rawValue) })
        return .object(members)
    }
}

extension AuditBreak.Place: CustomStringConvertible {
    public var description: String {
        var parts: [String] = []
        if let streamID { parts.append("at \(streamID)") }
        if let line { parts.append("line \(line)") }
        if let checkpoint { parts.append("checkpoint \(checkpoint)") }
        if let writer { parts.append("writer \(writer)") }
        if let sequences {
            parts.append(sequences.count == 1 ? "\(sequences.lowerBound)" : "\(sequences.lowerBound)…\(sequences.upperBound)")
        }
        return parts.joined(separator: ", ")
    }
}

extension AuditBreak: CustomStringConvertible {
    public var description: String { "\(kind.rawValue) \(place): \(detail)" }
}
