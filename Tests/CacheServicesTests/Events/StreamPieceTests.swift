import CacheServices
import Hiredis
import RedisTesting
import Testing

extension Live.EventStreamContractTests {
    @Test(arguments: Kind.allCases)
    func `a piece has the entries after an identity and the stream of the same instant`(kind: Kind) async throws {
        try await kind.run(maximumLength: 5) { stream async throws in
            let none = try await stream.piece(after: .zero, limit: 5)
            #expect(none == StreamPiece(info: StreamInfo(), holdsStart: false, entries: []))
            var ids: [StreamID] = []
            for number in 0..<7 { ids.append(try await stream.append([.init("n", "\(number)")])) }
            let piece = try await stream.piece(after: ids[3], limit: 2)
            #expect(piece.holdsStart)
            #expect(piece.entries.map(\.id) == Array(ids[4...5]))
            #expect(piece.entries.map { $0["n"] } == [Array("4".utf8), Array("5".utf8)])
            #expect(piece.info == (try await stream.info()))
            #expect(piece.info.length == 5)
            #expect(piece.info.firstID == ids[2])
            #expect(piece.info.entriesAdded == 7)
            #expect(try await stream.piece(after: ids[1], limit: 9).holdsStart == false)
            #expect(try await stream.piece(after: ids[1], limit: 9).entries.map(\.id) == Array(ids[2...]))
            let end = try await stream.piece(after: ids[6], limit: 9)
            #expect(end.holdsStart && end.entries.isEmpty)
            try await stream.trim(to: 0)
            let empty = try await stream.piece(after: ids[6], limit: 9)
            #expect(!empty.holdsStart && empty.info.firstID == nil && empty.info.lastID == ids[6])
            #expect(StreamPlace(id: ids[6], ordinal: 7).continuation(in: empty) == .whole)
            #expect(StreamPlace(id: ids[2], ordinal: 3).continuation(in: empty) == .lost(4))
        }
    }

    @Test(arguments: Kind.allCases)
    func `waiting ends with an entry, and with its time`(kind: Kind) async throws {
        try await kind.run { stream async throws in
            let first = try await stream.append([.init("n", "1")])
            try await stream.wait(after: .zero, atMost: .seconds(30))
            let own = try await stream.dedicated()
            let start = ContinuousClock.now
            try await own.wait(after: first, atMost: .milliseconds(20))
            #expect(start.duration(to: .now) >= .milliseconds(15))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await own.wait(after: first, atMost: .seconds(30)) }
                try await stream.append([.init("n", "2")])
                try await group.next()
            }
            let waiting = Task { try await own.wait(after: StreamID(milliseconds: .max, sequence: 0), atMost: .seconds(30)) }
            waiting.cancel()
            await #expect(throws: CacheError.self) { try await waiting.value }
        }
    }
}
