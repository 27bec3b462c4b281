extension JSONScanner {
    /// Reads a string whose opening quote is at `position`.
    mutating func string() throws(JSONParseError) -> String {
        position += 1
        let start = position
        while position < count {
            let byte = base[position]
            if Self.isPlain(byte) {
                position += 1
                continue
            }
            if byte == UInt8(ascii: "\"") {
                let text = String(decoding: UnsafeBufferPointer(start: base + start, count: position - start), as: UTF8.self)
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            try skipCharacter(byte)
        }
        throw JSONParseError(.unexpectedEnd, at: position)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Reads the rest of a string that has an escape at `position`.
    private mutating func escapedString(from start: Int) throws(JSONParseError) -> String {
        var bytes = Array(UnsafeBufferPointer(start: base + start, count: position - start))
        while position < count {
            let byte = base[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                try escape(into: &bytes)
            default:
                let first = position
                try skipCharacter(byte)
                bytes.append(contentsOf: UnsafeBufferPointer(start: base + first, count: position - first))
            }
        }
        throw JSONParseError(.unexpectedEnd, at: position)
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(JSONParseError) {
        let start = position
        position += 1
        let kind = try peek()
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(kind)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): bytes.append(contentsOf: String(try escapedScalar(from: start)).utf8)
        default: throw JSONParseError(.invalidEscape, at: start)
        }
    }

    /// Reads four hexadecimal digits behind `\u`, and the second half of a surrogate pair where the first half asks for one.
    private mutating func escapedScalar(from start: Int) throws(JSONParseError) -> Unicode.Scalar {
        let first = try hexadecimal(from: start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, position + 1 < count, base[position] == UInt8(ascii: "\\"), base[position + 1] == UInt8(ascii: "u") else {
            throw JSONParseError(.loneSurrogate, at: start)
        }
        position += 2
        let second = try hexadecimal(from: position - 2)
        guard second >= 0xDC00, second < 0xE000, let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) else {
            throw JSONParseError(.loneSurrogate, at: start)
        }
        return scalar
    }

    private mutating func hexadecimal(from start: Int) throws(JSONParseError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch try peek() {
            case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case let byte where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case let byte where byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw JSONParseError(.invalidEscape, at: start)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    /// Moves behind one character of a string, which must be well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
    private mutating func skipCharacter(_ first: UInt8) throws(JSONParseError) {
        switch first {
        case 0x20..<0x80: position += 1
        case 0x00..<0x20: throw JSONParseError(.controlCharacter, at: position)
        case 0xC2...0xDF: try skip(continuations: 1, firstIn: 0x80...0xBF)
        case 0xE0: try skip(continuations: 2, firstIn: 0xA0...0xBF)
        case 0xED: try skip(continuations: 2, firstIn: 0x80...0x9F)
        case 0xE1...0xEF: try skip(continuations: 2, firstIn: 0x80...0xBF)
        case 0xF0: try skip(continuations: 3, firstIn: 0x90...0xBF)
        case 0xF1...0xF3: try skip(continuations: 3, firstIn: 0x80...0xBF)
        case 0xF4: try skip(continuations: 3, firstIn: 0x80...0x8F)
        default: throw JSONParseError(.invalidUTF8, at: position)
        }
    }

    private mutating func skip(continuations: Int, firstIn range: ClosedRange<UInt8>) throws(JSONParseError) {
        guard count - position > continuations, range.contains(base[position + 1]) else {
            throw JSONParseError(.invalidUTF8, at: position)
        }
        for index in 1...continuations where base[position + index] & 0xC0 != 0x80 {
            throw JSONParseError(.invalidUTF8, at: position)
        }
        position += continuations + 1
    }
}
