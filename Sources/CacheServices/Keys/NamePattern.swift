/// The pattern of names that people choose and keys carry: 1 to 64 ASCII letters, digits, `._:/-` and spaces.
enum NamePattern {
    static let sentence = "must be 1 to 64 ASCII letters, digits, spaces and ._:/-"

    static func matches(_ text: String) -> Bool {
        // As one piece of memory: literal names are checked wherever one is mentioned, and this takes a third of the time.
        text.utf8.withContiguousStorageIfAvailable(matches) ?? matches(text.utf8)
    }

    private static func matches(_ bytes: some Collection<UInt8>) -> Bool {
        (1...64).contains(bytes.count) && bytes.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: " "): true
        default: false
        }
    }
}
