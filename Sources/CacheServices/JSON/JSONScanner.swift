/// The recursive descent behind `JSONParser`: a place in borrowed bytes that moves forward.
///
/// It must not outlive the closure that lends it the bytes. Every read is preceded by a comparison of `position` with `count`.
struct JSONScanner {
    let base: UnsafePointer<UInt8>
    let count: Int
    let duplicateKeys: JSONParser.DuplicateKeys
    var position = 0

    init(base: UnsafePointer<UInt8>, count: Int, duplicateKeys: JSONParser.DuplicateKeys) {
        self.base = base
        self.count = count
        self.duplicateKeys = duplicateKeys
    }

    mutating func document(maximumDepth: Int) throws(JSONParseError) -> JSONValue {
        skipSpace()
        guard position < count else { throw JSONParseError(.empty, at: position) }
        let value = try value(levelsLeft: maximumDepth)
        skipSpace()
        guard position == count else { throw JSONParseError(.trailingContent, at: position) }
        return value
    }

    private mutating func value(levelsLeft: Int) throws(JSONParseError) -> JSONValue {
        switch try peek() {
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try number())
        case UInt8(ascii: "{"):
            guard levelsLeft > 0 else { throw JSONParseError(.tooDeep, at: position) }
            return .object(try object(levelsLeft: levelsLeft - 1))
        case UInt8(ascii: "["):
            guard levelsLeft > 0 else { throw JSONParseError(.tooDeep, at: position) }
            return .array(try array(levelsLeft: levelsLeft - 1))
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default:
            throw JSONParseError(.unexpectedCharacter, at: position)
        }
    }

    private mutating func array(levelsLeft: Int) throws(JSONParseError) -> [JSONValue] {
        position += 1
        skipSpace()
        if try consume(UInt8(ascii: "]")) { return [] }
        var elements: [JSONValue] = []
        while true {
            skipSpace()
            elements.append(try value(levelsLeft: levelsLeft))
            skipSpace()
            if try consume(UInt8(ascii: "]")) { return elements }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func object(levelsLeft: Int) throws(JSONParseError) -> [JSONValue.Member] {
        position += 1
        skipSpace()
        if try consume(UInt8(ascii: "}")) { return [] }
        var members = JSONMembers(duplicateKeys: duplicateKeys)
        while true {
            skipSpace()
            let start = position
            guard try peek() == UInt8(ascii: "\"") else { throw JSONParseError(.unexpectedCharacter, at: position) }
            let name = try string()
            skipSpace()
            try expect(UInt8(ascii: ":"))
            skipSpace()
            let value = try value(levelsLeft: levelsLeft)
            guard members.add(name, value) else { throw JSONParseError(.duplicateKey, at: start) }
            skipSpace()
            if try consume(UInt8(ascii: "}")) { return members.list }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONParseError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard try peek() == word.utf8Start[index] else { throw JSONParseError(.unexpectedCharacter, at: position) }
            position += 1
        }
    }

    func peek() throws(JSONParseError) -> UInt8 {
        guard position < count else { throw JSONParseError(.unexpectedEnd, at: position) }
        return base[position]
    }

    private mutating func consume(_ byte: UInt8) throws(JSONParseError) -> Bool {
        guard try peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONParseError) {
        guard try consume(byte) else { throw JSONParseError(.unexpectedCharacter, at: position) }
    }

    private mutating func skipSpace() {
        while position < count {
            switch base[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}
