import CacheServices
import Logging

/// How records look in one place.
///
/// A text or value of more than 8 KiB is cut, and so is metadata of more than 64 KiB; both say so. Secrets are replaced, and whatever
/// could break out of a line is escaped: a record never looks like two.
public enum LineFormat: Sendable, Hashable {
    /// One JSON object a line, for machines: timestamp, level, message, context, and error and metadata where there are any.
    case json
    /// The seed's line for people: emoji, time, level, message, and the context in brackets; what else there is stands below, on lines
    /// that begin with two spaces.
    case pretty(coloured: Bool)

    /// A record in bytes. The last of them is a line break, and there is no other but before two spaces.
    func bytes(_ entry: LogEntry) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        switch self {
        case .json: Self.writeJSON(entry, into: &bytes)
        case .pretty(let coloured): Self.writePretty(entry, coloured: coloured, into: &bytes)
        }
        return bytes
    }

    private static func writeJSON(_ entry: LogEntry, into bytes: inout [UInt8]) {
        bytes.add("{\"timestamp\":\"")
        bytes.add(text: entry.timestamp.iso8601)
        bytes.add("\",\"level\":\"")
        bytes.add(entry.level.name)
        bytes.add("\",\"message\":\"")
        LogText.append(entry.message, .quoted, to: &bytes)
        bytes.add("\",\"context\":")
        if entry.context.isEmpty { bytes.add("{}") } else { bytes.append(contentsOf: entry.context) }
        if let error = entry.error {
            bytes.add(",\"error\":{\"name\":")
            MetadataJSON.write(error.name, into: &bytes)
            bytes.add(",\"message\":")
            MetadataJSON.write(error.message, into: &bytes)
            bytes.add(",\"stack\":")
            MetadataJSON.write(error.stack.joined(separator: "\n"), into: &bytes)
            bytes.add("}")
        }
        if !entry.metadata.isEmpty {
            bytes.add(",\"metadata\":")
            MetadataJSON.write(entry.metadata, into: &bytes)
        }
        bytes.add("}\n")
    }

    private static func writePretty(_ entry: LogEntry, coloured: Bool, into bytes: inout [UInt8]) {
        bytes.add(entry.level.emoji)
        bytes.add(" ")
        bytes.add(text: entry.timestamp.iso8601)
        bytes.add(" ")
        if coloured {
            bytes.add("\u{1B}[")
            bytes.add(entry.level.colour)
            bytes.add("m")
        }
        bytes.add("[")
        bytes.add(entry.level.capitals)
        bytes.add(coloured ? "]\u{1B}[0m " : "] ")
        LogText.append(entry.message, .bare, to: &bytes)
        if !entry.context.isEmpty {
            bytes.add(" [")
            bytes.append(contentsOf: entry.context)
            bytes.add("]")
        }
        bytes.add("\n")
        if let error = entry.error {
            bytes.add("  Error: ")
            LogText.append(error.name, .bare, to: &bytes)
            bytes.add(": ")
            LogText.append(error.message, .bare, to: &bytes)
            bytes.add("\n")
            for line in error.stack {
                bytes.add("    ")
                LogText.append(line, .bare, to: &bytes)
                bytes.add("\n")
            }
        }
        if !entry.metadata.isEmpty {
            bytes.add("  Metadata: ")
            MetadataJSON.write(entry.metadata, into: &bytes)
            bytes.add("\n")
        }
    }
}

extension [UInt8] {
    /// Appends a piece of a line as it is.
    mutating func add(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The same for a text that is known to be harmless.
    mutating func add(text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }
}
