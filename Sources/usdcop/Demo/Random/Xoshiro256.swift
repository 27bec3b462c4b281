/// xoshiro256** 1.0 of Blackman and Vigna (2018): small, fast, and defined once and for all, so that a seed means the same in every
/// version of Swift. Not for secrets.
struct Xoshiro256: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Starts from a whole state, of which one word at least must not be zero.
    init(state: (UInt64, UInt64, UInt64, UInt64)) { self.state = state }

    /// Starts one of the independent sequences of a seed.
    ///
    /// - Parameter purpose: what the sequence is for: drawing more for one thing changes nothing of another.
    init(seed: UInt64, for purpose: String) {
        // FNV-1a: the purpose becomes a number that is the same in every process, which a hash of Swift is not.
        let salt = purpose.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        var seeds = SplitMix64(seed: seed ^ salt)
        state = (seeds.next(), seeds.next(), seeds.next(), seeds.next())
    }

    mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotate(state.3, 45)
        return result
    }

    private static func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 { (word << count) | (word >> (64 - count)) }
}
