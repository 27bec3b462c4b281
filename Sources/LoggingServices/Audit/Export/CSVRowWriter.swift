import CacheServices

/// Writes records of the trail as rows of RFC 4180: fields divided by commas, rows ended by CRLF, quotes doubled within quotes.
///
/// Texts are always quoted, and one that a spreadsheet might take for a formula gets a leading `'`, and another one behind each `;`, tab, CR
/// and LF behind which one might begin for a program that divides the file there. Whoever drops one leading `'` of a field and one behind
/// each of these (`(^|[;\t\r\n])'` becomes `\1`) has the text as it was. Sequence numbers stay numbers. States and metadata are compact JSON. What is absent is an empty field
/// without quotes. A record that holds no entry that can be read has its identity, its chain fields and nothing else.
///
/// The file is divided by commas: a spreadsheet that expects semicolons has to be told so when it opens the file, or it divides the texts;
/// even then it finds no formula.
struct CSVRowWriter {
    static let header = Array(
        """
        stream_id,writer,seq,audit_id,timestamp,event_type,user_id,symbol,action,before_state,after_state,metadata,ip_address,prev,hash\r\n
        """.utf8)

    /// The members of an entry between the sequence and the hash before, in the order of the columns.
    private static let columns: [AuditEntryScan.Member] = [
        .auditID, .timestamp, .eventType, .userID, .symbol, .action, .beforeState, .afterState, .metadata, .ipAddress,
    ]

    private static let comma = UInt8(ascii: ",")
    private var row = CSVRow()

    /// Adds the row of an entry of the stream.
    ///
    /// - Parameter record: what the entry holds; `nil` when it is no record.
    /// - Returns: whether it holds an event that can be read.
    mutating func append(_ id: StreamID, _ record: AuditRecord?, to bytes: inout [UInt8]) -> Bool {
        row.begin(room: 2 * (record?.entry.count ?? 0) + 512)
        row.add(digitsOf: id.milliseconds)
        row.add(UInt8(ascii: "-"))
        row.add(digitsOf: id.sequence)
        row.add(Self.comma)
        var isReadable = false
        if let record {
            row.add(Array(record.writer.rawValue.utf8))
            row.add(Self.comma)
            row.add(digitsOf: UInt64(clamping: record.sequence))
            row.add(Self.comma)
            isReadable = addEntry(record.entry)
            row.add(record.previous.hex)
            row.add(Self.comma)
            row.add(record.hash.hex)
        } else {
            for _ in 0..<13 { row.add(Self.comma) }
        }
        row.add(0x0d)
        row.add(0x0a)
        bytes.append(contentsOf: row.bytes)
        return isReadable
    }

    private mutating func addEntry(_ entry: [UInt8]) -> Bool {
        let start = row.count
        let isWritten = entry.withUnsafeBufferPointer { entry in
            guard let scan = AuditEntryScan(entry) else { return false }
            for member in Self.columns {
                if let span = scan[member] {
                    guard addCell(member, UnsafeBufferPointer(rebasing: entry[span])) else { return false }
                } else if Self.isRequired(member) {
                    return false
                }
                row.add(Self.comma)
            }
            return true
        }
        guard !isWritten else { return true }
        row.shorten(to: start)
        let read = try? AuditLogEntry(stored: entry)
        addSlowly(read)
        return read != nil
    }

    private static func isRequired(_ member: AuditEntryScan.Member) -> Bool {
        switch member {
        case .action, .auditID, .eventType, .symbol, .timestamp: true
        default: false
        }
    }

    /// Entries of another form than this program's: they are read and written anew.
    private mutating func addSlowly(_ entry: AuditLogEntry?) {
        for member in Self.columns {
            let value = entry?.text(of: member).map { Array($0.utf8) } ?? entry?.value(of: member).map(JSONWriter.bytes)
            value?.withUnsafeBufferPointer { _ = row.add(cell: $0, isEscaped: false) }
            row.add(Self.comma)
        }
    }

    /// - Returns: whether the value could be written without reading it.
    private mutating func addCell(_ member: AuditEntryScan.Member, _ value: UnsafeBufferPointer<UInt8>) -> Bool {
        switch member {
        case .beforeState, .afterState, .metadata: return row.add(cell: value, isEscaped: false)
        default:
            // Texts: anything else makes the entry unreadable, which the slow way finds out.
            guard value.count >= 2, value.first == UInt8(ascii: "\"") else { return false }
            return row.add(cell: UnsafeBufferPointer(rebasing: value.dropFirst().dropLast()), isEscaped: true)
        }
    }
}

extension AuditLogEntry {
    fileprivate func text(of member: AuditEntryScan.Member) -> String? {
        switch member {
        case .action: action
        case .auditID: auditID
        case .eventType: eventType.rawValue
        case .ipAddress: ipAddress
        case .symbol: symbol.rawValue
        case .timestamp: timestamp.iso8601
        case .userID: userID
        case .afterState, .beforeState, .metadata: nil
        }
    }

    fileprivate func value(of member: AuditEntryScan.Member) -> JSONValue? {
        switch member {
        case .afterState: afterState
        case .beforeState: beforeState
        case .metadata: metadata
        default: nil
        }
    }
}
