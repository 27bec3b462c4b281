import CacheServices
import Foundation

/// One record as one line of JSON: what journals and NDJSON exports hold, and the elements of JSON exports.
///
///     {"stream_id":"1-0","idempotency":"<hash>:<hash>","writer":"…","seq":7,"prev":"…","hash":"…","entry":{…}}
///
/// The members stand in this order, the first two only where there is something to say, and the entry stands last with its exact bytes,
/// so that `sed` and `sha256sum` can check a line. Bytes that are no JSON object on one line go as `"entry_base64":"…"`.
extension AuditRecord {
    /// The line without its line feed.
    public var line: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entry.count + 320)
        appendLine(to: &bytes)
        return bytes
    }

    /// - Parameter isOurs: the entry was encoded by this program, so that its form needs no look.
    func appendLine(to bytes: inout [UInt8], isOurs: Bool = false) {
        bytes.append(UInt8(ascii: "{"))
        func add(_ name: StaticString, _ value: [UInt8]) {
            bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
            bytes.append(contentsOf: value)
        }
        if let streamID {
            add(#""stream_id":""#, Array("\(streamID)".utf8))
            add("\",", [])
        }
        if let idempotency {
            add(#""idempotency":""#, idempotency.key.hex)
            add(":", idempotency.fingerprint.hex)
            add("\",", [])
        }
        add(#""writer":""#, Array(writer.rawValue.utf8))
        add(#"","seq":"#, Array(String(sequence).utf8))
        add(#","prev":""#, previous.hex)
        add(#"","hash":""#, hash.hex)
        if isOurs || Self.standsAsItIs(entry) {
            add(#"","entry":"#, entry)
            bytes.append(UInt8(ascii: "}"))
        } else {
            add(#"","entry_base64":""#, Array(Data(entry).base64EncodedString().utf8))
            add("\"}", [])
        }
    }

    /// Reads a line; also one that another program wrote anew, if it kept the entry's canonical form. `nil` for anything else.
    public init?(line: some Collection<UInt8>) {
        var line = Array(line)
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard let value = try? JSONParser.parse(line, duplicateKeys: .lastWins, maximumDepth: JSONParser.greatestMaximumDepth),
            let writer = value["writer"]?.text.flatMap(WriterID.init), let number = value["seq"]?.double, number >= 1,
            let sequence = Int(exactly: number), let previous = value["prev"]?.text.flatMap(ChainHash.init(_:)),
            let hash = value["hash"]?.text.flatMap(ChainHash.init(_:)), let entry = Self.entry(of: value, in: line),
            Self.hasEachMemberOnce(line)
        else { return nil }
        self.init(
            writer: writer, sequence: sequence, previous: previous, hash: hash, entry: entry,
            streamID: value["stream_id"]?.text.flatMap(StreamID.init), idempotency: value["idempotency"]?.text.flatMap(Self.idempotency))
    }

    /// The exact bytes where the entry stands last as we write it, else its canonical form.
    private static func entry(of value: JSONValue, in line: [UInt8]) -> [UInt8]? {
        if let base64 = value["entry_base64"] {
            guard let text = base64.text, value["entry"] == nil else { return nil }
            return Data(base64Encoded: text).map(Array.init)
        }
        guard let entry = value["entry"] else { return nil }
        // The hash before it is hexadecimal, so the first place where this text stands is the member itself.
        let mark = Array(#","entry":{"#.utf8)
        if value.members?.last?.name == "entry", line.last == UInt8(ascii: "}"), let found = line.firstRange(of: mark),
            case let exact = Array(line[(found.upperBound - 1)..<(line.count - 1)]), (try? parsed(exact)) == entry
        {
            return exact
        }
        return JSONWriter.bytes(entry)
    }

    /// Whether no member of the line itself is there twice, so that no reader can take another one than this one does. Within the entry
    /// that is the entry's matter.
    private static func hasEachMemberOnce(_ line: [UInt8]) -> Bool {
        var names: Set<[UInt8]> = []
        var (depth, place, isName) = (0, 0, false)
        while place < line.count {
            switch line[place] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                isName = depth == 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ","): isName = depth == 1
            case UInt8(ascii: "\""):
                let start = place
                place += 1
                while place < line.count, line[place] != UInt8(ascii: "\"") { place += line[place] == UInt8(ascii: "\\") ? 2 : 1 }
                guard isName else { break }
                isName = false
                // A name with escapes could be any other one.
                let name = Array(line[start..<min(place, line.count)])
                if name.contains(UInt8(ascii: "\\")) || !names.insert(name).inserted { return false }
            default: break
            }
            place += 1
        }
        return true
    }

    private static func parsed(_ bytes: [UInt8]) throws -> JSONValue {
        try JSONParser.parse(bytes, duplicateKeys: .lastWins, maximumDepth: JSONParser.greatestMaximumDepth)
    }

    private static func idempotency(_ text: String) -> IdempotencyKey? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let key = ChainHash(String(parts[0])), let fingerprint = ChainHash(String(parts[1])) else { return nil }
        return IdempotencyKey(key: key, fingerprint: fingerprint)
    }

    /// Whether bytes can stand in a line as they are: one JSON object without repeated names and without a line break.
    private static func standsAsItIs(_ entry: [UInt8]) -> Bool {
        guard entry.first == UInt8(ascii: "{"), entry.last == UInt8(ascii: "}"), !entry.contains(0x0a), !entry.contains(0x0d) else {
            return false
        }
        return (try? parsed(entry)) != nil
    }
}
