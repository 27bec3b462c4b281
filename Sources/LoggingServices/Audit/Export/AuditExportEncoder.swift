import CacheServices
import Foundation

/// Writes records in one of the formats.
struct AuditExportEncoder {
    private let format: AuditExportFormat
    private var csv = CSVRowWriter()
    private var isFirst = true

    init(_ format: AuditExportFormat) { self.format = format }

    /// What stands before the first record.
    func begin(_ bytes: inout [UInt8]) {
        switch format {
        case .csv: bytes.append(contentsOf: CSVRowWriter.header)
        case .json: bytes.append(UInt8(ascii: "["))
        case .ndjson: break
        }
    }

    /// What stands behind the last record.
    func end(_ bytes: inout [UInt8]) {
        guard format == .json else { return }
        bytes.append(contentsOf: isFirst ? "]\n".utf8 : "\n]\n".utf8)
    }

    /// - Parameter record: what the entry of the stream holds; `nil` when it is no record.
    /// - Returns: whether the format could say what the entry holds.
    mutating func append(_ stored: StreamEntry, _ record: AuditRecord?, to bytes: inout [UInt8]) -> Bool {
        defer { isFirst = false }
        switch format {
        case .csv: return csv.append(stored.id, record, to: &bytes)
        case .json:
            bytes.append(contentsOf: isFirst ? "\n".utf8 : ",\n".utf8)
            appendLine(stored, record, to: &bytes)
        case .ndjson:
            appendLine(stored, record, to: &bytes)
            bytes.append(0x0a)
        }
        return record != nil
    }

    private func appendLine(_ stored: StreamEntry, _ record: AuditRecord?, to bytes: inout [UInt8]) {
        if let record { return record.appendLine(to: &bytes) }
        // No record: everything that is there, so that nothing is missing from the file unsaid.
        let fields = stored.fields.map { JSONValue.array([.string($0.name), .string(Data($0.value).base64EncodedString())]) }
        JSONWriter.write(["stream_id": .string("\(stored.id)"), "unreadable_fields_base64": .array(fields)], into: &bytes)
    }
}
