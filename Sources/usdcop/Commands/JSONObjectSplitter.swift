import CacheServices

/// Cuts a stream of bytes into the JSON objects that it holds: one on each line (NDJSON), or objects over many lines, one after the other.
///
/// An object is given as soon as its last line is there. A line without indentation that is a whole object ends whatever was begun before
/// it, so that one broken line does not swallow those that follow.
struct JSONObjectSplitter: Sendable {
    /// An object, and the line on which it starts; or what is wrong there.
    struct Item: Sendable {
        let line: Int
        let value: Result<JSONValue, Fault>
    }

    struct Fault: Error, Sendable, CustomStringConvertible {
        let description: String
    }

    private var rest: [UInt8] = []
    /// Whether the line that comes is too long, so that it is passed by up to its end.
    private var isOverlong = false
    private var lineNumber = 0
    private var begun: [UInt8] = []
    private var begunLine = 0

    /// Takes bytes and gives the objects that end in them.
    mutating func feed(_ bytes: [UInt8]) -> [Item] {
        var items: [Item] = []
        rest += bytes
        var start = rest.startIndex
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            items += isOverlong ? dropLine() : take(Array(rest[start..<end]))
            start = end + 1
        }
        rest.removeSubrange(..<start)
        if rest.count > JSONDocument.valueLimit {
            isOverlong = true
            rest.removeAll(keepingCapacity: true)
        }
        return items
    }

    /// What is left at the end.
    mutating func finish() -> [Item] {
        let items = isOverlong ? dropLine() : rest.isEmpty ? [] : take(rest)
        rest = []
        return items + giveUp()
    }

    private mutating func dropLine() -> [Item] {
        lineNumber += 1
        isOverlong = false
        let fault = Fault(description: "more than \(JSONDocument.valueLimit) bytes")
        return giveUp() + [Item(line: lineNumber, value: .failure(fault))]
    }

    private mutating func take(_ line: [UInt8]) -> [Item] {
        lineNumber += 1
        guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) else { return [] }
        if begun.isEmpty {
            begunLine = lineNumber
            if let value = Self.object(line) { return [Item(line: lineNumber, value: .success(value))] }
            begun = line
            // Only an object can go over many lines.
            return line.first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "{") ? [] : giveUp()
        }
        if line.first == UInt8(ascii: "{"), let value = Self.object(line) {
            return giveUp() + [Item(line: lineNumber, value: .success(value))]
        }
        guard begun.count <= JSONDocument.valueLimit else { return [] }
        begun.append(UInt8(ascii: "\n"))
        begun += line
        guard line.contains(UInt8(ascii: "}")), let value = Self.object(begun) else { return [] }
        begun = []
        return [Item(line: begunLine, value: .success(value))]
    }

    private mutating func giveUp() -> [Item] {
        guard !begun.isEmpty else { return [] }
        defer { begun = [] }
        guard begun.count <= JSONDocument.valueLimit else {
            return [Item(line: begunLine, value: .failure(Fault(description: "more than \(JSONDocument.valueLimit) bytes")))]
        }
        do {
            _ = try JSONParser.parse(begun)
            return [Item(line: begunLine, value: .failure(Fault(description: "must be an object")))]
        } catch {
            return [Item(line: begunLine, value: .failure(Fault(description: "\(error)")))]
        }
    }

    private static func object(_ bytes: [UInt8]) -> JSONValue? {
        guard bytes.count <= JSONDocument.valueLimit, let value = try? JSONParser.parse(bytes) else { return nil }
        return value.members != nil ? value : nil
    }
}
