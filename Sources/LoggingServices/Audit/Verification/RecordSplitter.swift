/// Divides a text of JSON objects into the objects: lines of NDJSON, the elements of an array, or objects one after another, however they
/// are formatted.
///
/// Where every object stands on a line of its own, a damaged line spoils no other one. Elsewhere objects are told by their braces.
struct RecordSplitter {
    /// A piece of the text and the line on which it begins, from 1.
    struct Piece: Sendable, Hashable {
        let bytes: [UInt8]
        let line: Int
    }

    /// The most bytes that one object may have; an entry has at most 16 KB.
    static let maximumBytes = 1 << 20

    private var piece: [UInt8] = []
    private var line = 1
    private var firstLine = 1
    private var depth = 0
    private var isInText = false
    private var isEscaped = false
    private var isByLine: Bool

    /// - Parameter isByLine: whether every object stands on a line of its own.
    init(isByLine: Bool) { self.isByLine = isByLine }

    /// Whether a piece has begun and not ended.
    var hasRest: Bool { !piece.isEmpty }

    mutating func add(_ bytes: some Sequence<UInt8>, _ body: (Piece) -> Void) {
        for byte in bytes {
            if isByLine { addToLine(byte, body) } else { addToObject(byte, body) }
            if byte == 0x0a { line += 1 }
        }
    }

    /// The rest after the last byte.
    mutating func finish(_ body: (Piece) -> Void) {
        if hasRest { end(body) }
    }

    private mutating func addToLine(_ byte: UInt8, _ body: (Piece) -> Void) {
        guard byte == 0x0a else {
            if piece.isEmpty { firstLine = line }
            // More than that is no record; the rest of the line goes unread.
            if piece.count <= Self.maximumBytes { piece.append(byte) }
            return
        }
        finish(body)
    }

    private mutating func addToObject(_ byte: UInt8, _ body: (Piece) -> Void) {
        if depth == 0 {
            switch byte {
            case UInt8(ascii: "{"): firstLine = line
            // Between objects: white space, commas, and the brackets of the array.
            case 0x09, 0x0a, 0x0d, 0x20, UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"):
                if hasRest { end(body) }
                return
            default:
                if piece.isEmpty { firstLine = line }
                if piece.count <= Self.maximumBytes { piece.append(byte) }
                return
            }
            if hasRest { end(body) }
        }
        if piece.count <= Self.maximumBytes { piece.append(byte) }
        if isInText {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInText = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): isInText = true
        case UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "}"):
            depth -= 1
            if depth == 0 { end(body) }
        default: break
        }
    }

    private mutating func end(_ body: (Piece) -> Void) {
        body(Piece(bytes: piece, line: firstLine))
        piece.removeAll(keepingCapacity: true)
        (depth, isInText, isEscaped) = (0, false, false)
    }
}
