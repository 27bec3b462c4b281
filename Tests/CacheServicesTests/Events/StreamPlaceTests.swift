import Testing

@testable import CacheServices

@Suite struct StreamPlaceTests {
    private static func id(_ number: UInt64) -> StreamID { StreamID(milliseconds: number, sequence: 0) }

    /// A stream of entries with the identities 1, 2, 3 … of which the first ones were trimmed.
    private static func info(added: Int?, trimmed: Int = 0, count: Int = 10) -> StreamInfo {
        StreamInfo(
            length: count - trimmed, firstID: trimmed < count ? id(UInt64(trimmed) + 1) : nil, lastID: id(UInt64(count)),
            entriesAdded: added)
    }

    static let cases: [(String, StreamPlace, StreamInfo, holdsStart: Bool, StreamPlace.Continuation)] = [
        ("the entry is there", .init(id: id(4), ordinal: 4), info(added: 10), true, .whole),
        ("it is the last one", .init(id: id(10), ordinal: 10), info(added: 10), true, .whole),
        ("it is the last one and was trimmed", .init(id: id(10), ordinal: 10), info(added: 10, trimmed: 10), false, .whole),
        ("it was the last to be trimmed", .init(id: id(4), ordinal: 4), info(added: 10, trimmed: 4), false, .whole),
        ("two after it were trimmed", .init(id: id(4), ordinal: 4), info(added: 10, trimmed: 6), false, .lost(2)),
        ("everything was trimmed", .init(id: id(4), ordinal: 4), info(added: 10, trimmed: 10), false, .lost(6)),
        ("from the beginning", .init(id: .zero, ordinal: 0), info(added: 10), false, .whole),
        ("from the beginning of a trimmed stream", .init(id: .zero, ordinal: 0), info(added: 10, trimmed: 3), false, .lost(3)),
        ("a stream that never was", .init(id: .zero, ordinal: 0), StreamInfo(), false, .whole),
        ("the stream is gone", .init(id: id(4), ordinal: 4), StreamInfo(), false, .lost(nil)),
        ("it ends before the place", .init(id: id(11), ordinal: 11), info(added: 10), false, .lost(nil)),
        ("it was made anew and is short", .init(id: .init(milliseconds: 0, sequence: 5), ordinal: 40), info(added: 10), false, .lost(nil)),
        (
            "it was made anew and is older than the place", .init(id: .init(milliseconds: 4, sequence: 5), ordinal: 4), info(added: 10),
            false, .lost(nil)
        ),
        (
            "it counts less than should be gone", .init(id: .init(milliseconds: 0, sequence: 5), ordinal: 4), info(added: 10), false,
            .lost(nil)
        ),
        ("the count is absurd", .init(id: id(4), ordinal: 4), info(added: .max, trimmed: 5), false, .lost(nil)),
        (
            "the length is absurd", .init(id: id(4), ordinal: 4),
            StreamInfo(length: .min, firstID: id(6), lastID: id(10), entriesAdded: 10), false, .lost(nil)
        ),
        (
            "the length is absurdly long", .init(id: id(4), ordinal: 4),
            StreamInfo(length: .max, firstID: id(6), lastID: id(10), entriesAdded: 10), false, .lost(nil)
        ),
        ("the number is absurd", .init(id: id(4), ordinal: .max), info(added: 10, trimmed: 5), false, .lost(nil)),
        ("a server that does not count, the entry is there", .init(id: id(4), ordinal: nil), info(added: nil), true, .whole),
        ("a server that does not count, it was trimmed", .init(id: id(4), ordinal: nil), info(added: nil, trimmed: 5), false, .lost(nil)),
        ("a server that does not count, from the beginning", .init(id: .zero, ordinal: nil), info(added: nil), false, .whole),
    ]

    @Test(arguments: cases)
    func `tells whether reading goes on without a gap`(
        name: String, place: StreamPlace, info: StreamInfo, holdsStart: Bool, expected: StreamPlace.Continuation
    ) {
        #expect(place.continuation(in: StreamPiece(info: info, holdsStart: holdsStart, entries: [])) == expected, "\(name)")
    }

    @Test func `after a loss reading goes on before the first entry that is there`() {
        let info = Self.info(added: 10, trimmed: 6)
        let place = StreamPlace(startOf: info)
        #expect(place == StreamPlace(id: Self.id(7).previous, ordinal: 6))
        #expect(place.continuation(in: StreamPiece(info: info, holdsStart: false, entries: [])) == .whole)
        let empty = Self.info(added: 10, trimmed: 10)
        #expect(StreamPlace(startOf: empty) == StreamPlace(endOf: empty))
        for (length, added) in [(Int.min, 10), (.max, 10), (3, Int.min), (3, .max), (.max, .max)] {
            let absurd = StreamInfo(length: length, firstID: Self.id(7), lastID: Self.id(10), entriesAdded: added)
            #expect(StreamPlace(startOf: absurd).ordinal == nil)
        }
    }
}
