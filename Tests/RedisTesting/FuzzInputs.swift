import Foundation

/// Inputs for a decoder, made of seeds: the same for the same seed, so that what one found can be found again.
///
///     for input in FuzzInputs(seeds, words: ["*2147483647\r\n"]) { … }
///
/// Every seed comes as it is first. Then bytes are changed, cut out, repeated and swapped, seeds are spliced, and words are put in; one
/// input in eight is noise. Property tests fail with the input in their message, and that goes into the seeds.
public struct FuzzInputs: Sequence, Sendable {
    /// How many inputs a test makes: a second's worth, a hundred times that with `USDCOP_SOAK=1`, or `USDCOP_FUZZ_COUNT`.
    public static var count: Int {
        let environment = ProcessInfo.processInfo.environment
        if let count = environment["USDCOP_FUZZ_COUNT"].flatMap({ Int($0) }) { return count }
        return environment["USDCOP_SOAK"] == "1" ? 300_000 : 3000
    }

    private let seeds: [[UInt8]]
    private let words: [[UInt8]]
    private let seed: UInt64
    private let count: Int
    private let longest: Int

    /// - Parameters:
    ///   - words: what the format knows and a random byte would never hit.
    ///   - share: the part of ``count`` that a slow property takes.
    ///   - longest: bytes of an input at most.
    public init(_ seeds: [String], words: [String] = [], seed: UInt64 = 1, share: Double = 1, longest: Int = 4096) {
        self.init(seeds.map { Array($0.utf8) }, words: words, seed: seed, share: share, longest: longest)
    }

    public init(_ seeds: [[UInt8]], words: [String] = [], seed: UInt64 = 1, share: Double = 1, longest: Int = 4096) {
        self.seeds = seeds.isEmpty ? [[]] : seeds
        self.words = Self.everywhere + words.map { Array($0.utf8) }
        self.seed = seed
        self.count = Swift.max(1, Int(Double(Self.count) * share))
        self.longest = longest
    }

    /// What breaks readers of any format: numbers at the edges, halves of characters, what ends lines and texts.
    private static let everywhere: [[UInt8]] =
        [
            "0", "-1", "-0", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616", "1e999",
            "1e-999",
            "0.1", "NaN", "nan", "Infinity", "null", "true", "\\", "\"", "'", "\r\n", "\n", "\0", " ", "\t", ",", ":", ";", "=", "%", "%00",
            "%ff",
            "{", "}", "[", "]", "\u{feff}", "\u{202e}", "\u{2028}", "😀", "e\u{301}", "\\u0000", "\\ud800", "\\ud83d\\ude00",
        ].map { Array($0.utf8) } + [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]]

    public func makeIterator() -> Iterator { Iterator(self) }

    public struct Iterator: IteratorProtocol {
        private let inputs: FuzzInputs
        private var random: SeededGenerator
        private var made = 0

        fileprivate init(_ inputs: FuzzInputs) {
            self.inputs = inputs
            random = SeededGenerator(seed: inputs.seed)
        }

        public mutating func next() -> [UInt8]? {
            guard made < inputs.count + inputs.seeds.count else { return nil }
            made += 1
            if made <= inputs.seeds.count { return inputs.seeds[made - 1] }
            if below(8) == 0 { return (0..<below(64)).map { _ in UInt8.random(in: 0...255, using: &random) } }
            var bytes = pick(inputs.seeds)
            for _ in 0...below(6) { change(&bytes) }
            return Array(bytes.prefix(inputs.longest))
        }

        private mutating func below(_ count: Int) -> Int { Int.random(in: 0..<Swift.max(1, count), using: &random) }

        private mutating func pick(_ list: [[UInt8]]) -> [UInt8] { list[below(list.count)] }

        /// A stretch of the bytes, often short.
        private mutating func stretch(_ bytes: [UInt8]) -> Range<Int> {
            let start = below(bytes.count + 1)
            let length = below(2) == 0 ? below(4) : below(bytes.count - start + 1)
            return start..<Swift.min(bytes.count, start + length)
        }

        private mutating func change(_ bytes: inout [UInt8]) {
            let part = stretch(bytes)
            switch below(10) {
            case 0 where !bytes.isEmpty: bytes[below(bytes.count)] = UInt8.random(in: 0...255, using: &random)
            case 1 where !bytes.isEmpty: bytes[below(bytes.count)] ^= 1 << UInt8(below(8))
            case 2: bytes.removeSubrange(part)
            case 3: bytes.insert(contentsOf: bytes[part], at: below(bytes.count + 1))
            case 4:
                // Many times over: depth and length.
                let copies = [2, 8, 64, 300][below(4)]
                guard part.count * copies <= inputs.longest else { return }
                bytes.insert(contentsOf: repeatElement(bytes[part], count: copies).joined(), at: part.upperBound)
            case 5:
                let other = pick(inputs.seeds)
                bytes.replaceSubrange(part, with: other[stretch(other)])
            case 6: bytes = Array(bytes[..<part.lowerBound])
            default: bytes.replaceSubrange(part, with: pick(inputs.words))
            }
        }
    }
}

extension [UInt8] {
    /// For the message of a failure: text where it is text, escaped so that it can be put into the seeds.
    public var fuzzed: String { String(validating: self, as: UTF8.self)?.debugDescription ?? "\(self)" }
}
