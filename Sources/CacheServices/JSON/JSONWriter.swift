/// Writes JSON in one canonical form, so that equal values always give equal bytes.
///
/// Names are sorted by their UTF-8 bytes, there is no white space, numbers have their shortest text, and only what must be escaped is:
/// the quote, the backslash and control characters.
public enum JSONWriter {
    /// The canonical bytes of a value.
    public static func bytes(_ value: JSONValue) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(384)
        write(value, into: &bytes)
        return bytes
    }

    /// Appends the canonical bytes of a value.
    public static func write(_ value: JSONValue, into bytes: inout [UInt8]) {
        switch value {
        case .null: append("null", to: &bytes)
        case .bool(true): append("true", to: &bytes)
        case .bool(false): append("false", to: &bytes)
        case .number(let number): write(number, into: &bytes)
        case .string(let text): write(text, into: &bytes)
        case .array(let elements): write(elements, into: &bytes)
        case .object(let members): write(members, into: &bytes)
        }
    }

    /// Appends a text as a JSON string with its quotes.
    public static func write(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { units in
            if isPlain(units) {
                bytes.append(contentsOf: units)
            } else {
                for unit in units {
                    if isPlain(unit) { bytes.append(unit) } else { escape(unit, into: &bytes) }
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends the canonical text of a number.
    public static func write(_ number: JSONNumber, into bytes: inout [UInt8]) {
        var text = number.text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    /// Appends the canonical text of a number that is known to be finite.
    static func write(finite value: Double, into bytes: inout [UInt8]) {
        write(JSONNumber(finite: value), into: &bytes)
    }

    private static func write(_ elements: [JSONValue], into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        for index in elements.indices {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(elements[index], into: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private static func write(_ members: [JSONValue.Member], into bytes: inout [UInt8]) {
        let members = isSorted(members) ? members : members.sorted { $0.name.precedesInUTF8($1.name) }
        bytes.append(UInt8(ascii: "{"))
        for index in members.indices {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(members[index].name, into: &bytes)
            bytes.append(UInt8(ascii: ":"))
            write(members[index].value, into: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func isSorted(_ members: [JSONValue.Member]) -> Bool {
        for index in members.indices.dropFirst() where members[index].name.precedesInUTF8(members[index - 1].name) {
            return false
        }
        return true
    }

    private static func isPlain(_ units: UnsafeBufferPointer<UInt8>) -> Bool {
        for unit in units where !isPlain(unit) { return false }
        return true
    }

    private static func isPlain(_ unit: UInt8) -> Bool {
        unit >= 0x20 && unit != UInt8(ascii: "\"") && unit != UInt8(ascii: "\\")
    }

    private static func escape(_ byte: UInt8, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x00..<0x20:
            append("u00", to: &bytes)
            bytes.append(UInt8(ascii: "0") + byte >> 4)
            let low = byte & 0x0F
            bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        default: bytes.append(byte)
        }
    }

    /// Appends a piece of JSON as it is.
    static func append(_ text: StaticString, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
