import Logging

/// swift-log's metadata as JSON: names sorted, secrets replaced by their names, numbers and truth values as such.
enum MetadataJSON {
    /// Where a record's metadata ends: what lies beyond is replaced by `"truncated":true`.
    static let limit = 64 * 1024
    /// Levels of dictionaries and arrays that are written.
    static let depth = 16

    /// Writes an object.
    static func write(_ metadata: Logger.Metadata, into bytes: inout [UInt8]) {
        write(metadata, end: bytes.count + limit, depth: 0, into: &bytes)
    }

    /// Writes a text with its quotes.
    static func write(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        LogText.append(text, .quoted, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    private static func write(_ metadata: Logger.Metadata, end: Int, depth: Int, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        if metadata.count == 1, let only = metadata.first {
            write(only.key, only.value, end: end, depth: depth, into: &bytes)
        } else {
            var isFirst = true
            for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                guard bytes.count < end else {
                    bytes.add("\"truncated\":true")
                    break
                }
                write(name, value, end: end, depth: depth, into: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func write(_ name: String, _ value: Logger.MetadataValue, end: Int, depth: Int, into bytes: inout [UInt8]) {
        write(name, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        if Redaction.isSecret(name) {
            write(Redaction.mark, into: &bytes)
        } else {
            write(value, end: end, depth: depth, into: &bytes)
        }
    }

    private static func write(_ value: Logger.MetadataValue, end: Int, depth: Int, into bytes: inout [UInt8]) {
        switch value {
        case .string(let text):
            write(text, into: &bytes)
        case .stringConvertible(let value):
            write(value, into: &bytes)
        case .dictionary where depth >= Self.depth, .array where depth >= Self.depth:
            write("…", into: &bytes)
        case .dictionary(let members):
            write(members, end: end, depth: depth + 1, into: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                guard bytes.count < end else {
                    bytes.add("\"truncated\"")
                    break
                }
                write(element, end: end, depth: depth + 1, into: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        }
    }

    private static func write(_ value: any CustomStringConvertible, into bytes: inout [UInt8]) {
        switch value {
        case let number as Int: bytes.add(text: String(number))
        case let number as Double where number.isFinite: bytes.add(text: number.description)
        case let number as Float where number.isFinite: bytes.add(text: number.description)
        case let truth as Bool: bytes.add(truth ? "true" : "false")
        case let number as any FixedWidthInteger: bytes.add(text: number.description)
        default: write(value.description, into: &bytes)
        }
    }
}
