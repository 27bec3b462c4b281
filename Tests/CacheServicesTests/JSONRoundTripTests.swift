import Testing

@testable import CacheServices

@Suite struct JSONRoundTripTests {
    @Test func everyDoubleIsReadAsItWasWritten() throws {
        var generator = SplitMix(state: 42)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            #expect(try JSONParser.parse(Array("\(value)".utf8)).double == value)
            let short = Double(Int64(truncatingIfNeeded: generator.next() % 100_000_000)) / 10_000
            #expect(try JSONParser.parse(Array("\(short)".utf8)).double == short)
        }
    }

    @Test func damagedTextNeverStopsTheProgram() {
        let seed = Array(#"{"a":[1,-2.5e3,"x\u00e9\n",true,null],"b":{"c":"ñ😀"}}"#.utf8)
        var generator = SplitMix(state: 7)
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<(1 + generator.next() % 3) {
                bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
            }
            bytes.removeLast(Int(generator.next() % 4))
            guard let value = try? JSONParser.parse(bytes) else { continue }
            #expect(throws: Never.self) { try JSONParser.parse(JSONWriter.bytes(value)) }
        }
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
