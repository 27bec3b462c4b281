/// A range of addresses: `10.0.0.0/8`, `2001:db8::/32`, or one address.
public struct AddressRange: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64
    private let bits: Int

    /// - Returns: nil for anything else, also for an address with bits behind the prefix: probably the prefix is not what was meant.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
        let isFour = address.isFour && !parts[0].utf8.contains(UInt8(ascii: ":"))
        let longest = isFour ? 32 : 128
        var bits = longest
        if parts.count == 2 {
            guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(parts[1]), number <= longest
            else { return nil }
            bits = number
        }
        self.bits = isFour ? bits + 96 : bits
        (high, low) = (address.high, address.low)
        let (highMask, lowMask) = Self.masks(self.bits)
        guard high & ~highMask == 0, low & ~lowMask == 0 else { return nil }
    }

    func contains(_ address: IPAddress) -> Bool {
        let (highMask, lowMask) = Self.masks(bits)
        return address.high & highMask == high && address.low & lowMask == low
    }

    private static func masks(_ bits: Int) -> (high: UInt64, low: UInt64) {
        // Shifting by the whole width gives zero.
        (~(UInt64.max >> UInt64(min(bits, 64))), ~(UInt64.max >> UInt64(max(0, bits - 64))))
    }
}
