import CacheServices
import TestTurns
import Testing

@testable import LoggingServices

@Suite(.takesTurns) struct VerificationPartsTests {
    @Test(
        arguments: [
            ([1, 2, 3], [0, 1, 2]), ([2, 1], [1]), ([1, 5, 2, 3, 4], [0, 2, 3, 4]), ([nil, 3, nil, 4], [1, 3]), ([], []),
            ([2, 2, 3], [1, 2]),
        ] as [([Int?], [Int])])
    func `the longest run is what stayed in order`(_ numbers: [Int?], _ expected: [Int]) {
        let run = LongestRun.indices(of: numbers)
        #expect(run.count == expected.count)
        let values = run.compactMap { numbers[$0] }
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `pieces of a text are told by lines or by braces`() {
        func pieces(_ text: String, isByLine: Bool) -> [String] {
            var splitter = RecordSplitter(isByLine: isByLine)
            var found: [String] = []
            for byte in Array(text.utf8) {
                splitter.add([byte]) { found.append("\($0.line):\(String(decoding: $0.bytes, as: UTF8.self))") }
            }
            splitter.finish { found.append("\($0.line):\(String(decoding: $0.bytes, as: UTF8.self))") }
            return found
        }
        #expect(pieces("{a}\n\n{b}", isByLine: true) == ["1:{a}", "3:{b}"])
        #expect(pieces("[\n {\"x\": \"}\\\"{\"},\n{\"y\":{}}]", isByLine: false) == ["2:{\"x\": \"}\\\"{\"}", "3:{\"y\":{}}"])
        #expect(pieces("{\n}{\n}", isByLine: false) == ["1:{\n}", "2:{\n}"])
        #expect(pieces("[nonsense, {}]", isByLine: false) == ["1:nonsense", "1:{}"])
        #expect(pieces("[{\"a\":", isByLine: false) == ["1:{\"a\":"])
    }

    @Test func `a checkpoint is due by events, by time, or not at all`() {
        var settings = AuditSettings()
        settings.checkpointEvents = 1000
        settings.checkpointInterval = .seconds(60)
        var clock = SigningClock(settings: settings)
        let start = ContinuousClock.now
        #expect(clock.next(pending: 0, at: start) == .awaitEvents)
        #expect(clock.next(pending: 500, at: start + .milliseconds(25)) == .sleep(.milliseconds(20)))
        #expect(clock.next(pending: 1000, at: start + .milliseconds(50)) == .sign)
        clock.signed(at: start + .milliseconds(50))
        #expect(clock.next(pending: 1, at: start + .milliseconds(60)) == .sleep(.milliseconds(200)))
        #expect(clock.next(pending: 1, at: start + .milliseconds(59_960)) == .sleep(.milliseconds(100)))
        #expect(clock.next(pending: 1, at: start + .milliseconds(60_060)) == .sign)
        #expect(clock.next(pending: .max, at: start) == .sign)
    }

    @Test func `a checkpoint reads back as it was written, and nothing else is one`() throws {
        let key = try TestTrail.key()
        let writer = try #require(WriterID("desk"))
        let statement = CheckpointStatement(
            namespace: "usdcop", server: "run", number: 7, time: Timestamp(milliseconds: 1_736_937_000_000), previous: .of([1]),
            from: .zero,
            to: StreamID(milliseconds: 5, sequence: 6), skipped: 2, heads: [.init(writer: writer, sequence: 3, hash: .of([2]))],
            digest: .of([3]),
            ids: [
                StreamID(milliseconds: 1, sequence: 0), StreamID(milliseconds: 1, sequence: 7), StreamID(milliseconds: 5, sequence: 0),
            ], tags: [0, .max, 0x0123_4567_89ab_cdef], cleared: 1, firstID: nil, entriesAdded: nil, length: 3,
            maximumLength: 10, keyName: nil, lost: .init(number: 6, hash: .of([4])))
        let checkpoint = Checkpoint(statement, key: key)
        let read = try #require(Checkpoint(body: checkpoint.body, signature: checkpoint.signature))
        #expect(read == checkpoint)
        #expect(read.statement.tags == statement.tags)
        #expect(read.statement.ids == statement.ids)
        #expect(read.isSigned(by: key))
        #expect(Checkpoint(body: Array("{}".utf8), signature: nil) == nil)
        for (name, wrong) in [
            ("number", "0"), ("number", "9007199254740993000"), ("length", "-1"), ("tags", "\"00\""), ("ids", "\"1 0 5\""),
            ("ids", "\"1 2\""),
            ("namespace", "\"No\""),
        ]
            as [(String, String)]
        {
            guard case .object(let members) = statement.jsonValue else { return }
            let value = try JSONParser.parse(Array(wrong.utf8))
            let changed = JSONValue.object(members.map { $0.name == name ? .init(name, value) : $0 })
            #expect(Checkpoint(body: JSONWriter.bytes(changed), signature: nil) == nil, "\(name)")
        }
    }

    @Test func `the next checkpoint goes on from the newest that can be relied on`() throws {
        let key = try TestTrail.key()
        let rogue = try #require(AuditSigningKey(contents: Array("the key of somebody else".utf8)))
        func checkpoint(_ number: Int, to: UInt64, key: AuditSigningKey?, namespace: Namespace = "usdcop") -> Checkpoint {
            Checkpoint(
                CheckpointStatement(
                    namespace: namespace, server: nil, number: number, time: Timestamp(milliseconds: 0), previous: .zero, from: .zero,
                    to: StreamID(milliseconds: to, sequence: 0), skipped: 0, heads: [], digest: .zero, ids: [], tags: [], cleared: 0,
                    firstID: nil,
                    entriesAdded: 5, length: 0, maximumLength: 1, keyName: nil, lost: nil), key: key)
        }
        func entry(_ checkpoint: Checkpoint, _ id: UInt64, signature: String? = nil) -> StreamEntry {
            StreamEntry(
                id: StreamID(milliseconds: id, sequence: 0),
                fields: [.init("body", checkpoint.body)] + ((signature ?? checkpoint.signature).map { [.init("signature", $0)] } ?? []))
        }
        let (five, six) = (checkpoint(5, to: 50, key: key), checkpoint(6, to: 60, key: key))
        func next(
            _ newest: [StreamEntry], own: Checkpoint?, remains: SignedRemains.Judgement = .beginning
        ) -> CheckpointContinuation {
            .init(newest: newest, own: own, prover: CheckpointProver(namespace: "usdcop", key: key), remains: remains)
        }

        let first = next([], own: nil)
        #expect(first.number == 1 && first.previous == .zero && first.lost == nil && first.entryID == nil)
        let usual = next([entry(six, 2), entry(five, 1)], own: five)
        #expect(usual.number == 7 && usual.previous == six.hash && usual.from == six.statement.to && usual.lost == nil)
        let emptied = next([], own: six)
        #expect(emptied.number == 7 && emptied.previous == six.hash && emptied.from == .zero && emptied.lost?.number == 6)
        let rolledBack = next([entry(five, 1)], own: six)
        #expect(rolledBack.number == 7 && rolledBack.from == five.statement.to && rolledBack.lost?.hash == six.hash)
        let forged = next([entry(six, 2, signature: five.signature), entry(five, 1)], own: nil)
        #expect(forged.number == 7 && forged.from == five.statement.to && forged.entryID == StreamID(milliseconds: 2, sequence: 0))
        let replaced = next([entry(checkpoint(6, to: 99, key: nil), 2), entry(five, 1)], own: six)
        #expect(replaced.number == 7 && replaced.previous == six.hash && replaced.from == six.statement.to)
        // What the newest one signed is not just the beginning of what is there: somebody took it away.
        let removed = next([entry(five, 1)], own: six, remains: .other)
        #expect(removed.returning == six && removed.number == 7 && removed.lost == nil)
        // What our key did not sign is not gone on from: neither without a signature nor by another key, nor that of another trail.
        for other in [
            checkpoint(6, to: 99, key: nil), checkpoint(6, to: 99, key: rogue), checkpoint(6, to: 99, key: key, namespace: "other"),
        ] {
            let behind = next([entry(other, 2), entry(five, 1)], own: nil)
            #expect(behind.number == 7 && behind.from == five.statement.to && behind.previous == five.hash)
            let anew = next([entry(other, 2)], own: nil)
            #expect(anew.number == 7 && anew.from == .zero && anew.previous == other.hash && anew.isUrgent && anew.lost == nil)
        }
    }

    @Test func `records of loss and of clearing are recognised where they are, and only there`() throws {
        let key = try TestTrail.key()
        let writer = try #require(WriterID("desk-1"))
        let loss = LossRecord(writer: writer, lastSequence: 9, lastHash: .of([1]), lost: 4)
        let lossEntry = loss.event.entry(id: "1", at: .now).json
        #expect(LossRecord(entry: lossEntry) == loss)
        #expect(loss.lostSequences == 6...9)
        #expect(LossRecord(writer: writer, lastSequence: 9, lastHash: .of([1]), lost: 0).lostSequences == nil)
        let clearing = ClearRecord(
            namespace: "usdcop", after: StreamID(milliseconds: 3, sequence: 4), count: 3, lastCheckpoint: nil, reason: "a test",
            writer: writer, sequence: 4, previous: .of([2]), key: key)
        let clearEntry = clearing.event.entry(id: "2", at: .now).json
        #expect(ClearRecord(entry: clearEntry) == clearing)
        #expect(clearing.isSigned(by: key, namespace: "usdcop", writer: writer, sequence: 4, previous: .of([2])))
        #expect(!clearing.isSigned(by: key, namespace: "usdcop", writer: writer, sequence: 5, previous: .of([2])))
        #expect(!clearing.isSigned(by: key, namespace: "other", writer: writer, sequence: 4, previous: .of([2])))
        #expect(LossRecord(entry: clearEntry) == nil)
        #expect(ClearRecord(entry: lossEntry) == nil)
        let talk = AuditEvent.system("audit_cleared redis_lost_data").entry(id: "3", at: .now).json
        #expect(ClearRecord(entry: talk) == nil && LossRecord(entry: talk) == nil)
    }
}
