import Synchronization

/// Names requests: by the client's own id if it is sane, else by one that no other process of ours gives.
struct RequestID: Sendable, ~Copyable {
    static let maximumLength = 128

    private let prefix = String(UInt64.random(in: .min ... .max), radix: 36) + "-"
    private let count = Atomic<UInt64>(0)

    /// - Parameter given: the header `X-Request-ID`.
    func name(given: String?) -> String {
        if let given, Self.isSane(given) { return given }
        return prefix + String(count.wrappingAdd(1, ordering: .relaxed).newValue, radix: 36)
    }

    /// 1 to ``maximumLength`` characters of `[A-Za-z0-9._-]`.
    static func isSane(_ id: String) -> Bool {
        (1...maximumLength).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
