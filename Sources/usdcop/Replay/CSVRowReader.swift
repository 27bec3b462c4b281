/// Reads the rows of a CSV text (RFC 4180) from chunks of bytes, however they are cut.
///
/// A pure state machine: bytes go in, the rows that they complete come out. It holds one unfinished row and no more, so
/// the size of a file does not matter. Lines end with CRLF, LF or CR; a byte order mark and the lack of a last line
/// break are accepted; lines without any byte are no rows.
///
/// A row that cannot be read is yielded as its error, and reading goes on **at the line after the one it started on**,
/// so that a stray quote costs one line and not the rest of the file.
struct CSVRowReader: Sendable {
    /// The largest row that is read unless another limit is given: 1 MB.
    static let defaultRowLimit = 1_048_576

    /// The greatest number of bytes in a row, without its line break.
    let rowLimit: Int

    private enum State {
        case textStart, fieldStart, unquoted, quoted, quoteInQuoted
        /// Inside a row that was given up, until its line ends.
        case skipping
    }

    private var state = State.textStart
    /// The bytes from the start of the unfinished row, of which those before `cursor` are read.
    private var buffer: [UInt8] = []
    private var cursor = 0
    private var rowStart = 0
    private var rowLine = 1
    private var line = 1
    /// Where the row's second line starts, if it has one: where reading goes on if the row proves unreadable.
    private var secondLine: Int?
    /// The bytes of the row's fields without quotes and separators, and where each field ends in them.
    private var text: [UInt8] = []
    private var fieldEnds: [Int] = []
    /// The last byte ended a line as CR: an LF now belongs to it.
    private var afterCR = false

    init(rowLimit: Int = CSVRowReader.defaultRowLimit) {
        self.rowLimit = max(1, rowLimit)
    }

    /// Takes the next bytes and returns the rows that they complete.
    mutating func feed(_ bytes: some Collection<UInt8>) -> [CSVRow] {
        buffer.append(contentsOf: bytes)
        var rows: [CSVRow] = []
        scan(into: &rows)
        if rowStart > 0 {
            buffer.removeFirst(rowStart)
            cursor -= rowStart
            secondLine = secondLine.map { $0 - rowStart }
            rowStart = 0
        }
        return rows
    }

    /// Ends the text and returns the rows that were still open. What is fed next begins another text.
    mutating func finish() -> [CSVRow] {
        var rows: [CSVRow] = []
        if state == .textStart { state = .fieldStart }
        scan(into: &rows)
        while state == .quoted {
            giveUp(.unterminatedQuote, into: &rows)
            scan(into: &rows)
        }
        if state != .skipping, cursor > rowStart { endRow(into: &rows) }
        self = CSVRowReader(rowLimit: rowLimit)
        return rows
    }

    private mutating func scan(into rows: inout [CSVRow]) {
        if state == .textStart, !passByteOrderMark() { return }
        while cursor < buffer.count {
            let byte = buffer[cursor]
            let endsLine = byte == .lineFeed || byte == .carriageReturn
            if byte == .lineFeed, afterCR {
                passSecondHalfOfLineBreak()
                continue
            }
            afterCR = byte == .carriageReturn
            if state == .skipping {
                cursor += 1
                if endsLine { line += 1 }
                beginRow(at: cursor, state: endsLine ? .fieldStart : .skipping)
                continue
            }
            if endsLine, state != .quoted {
                if cursor > rowStart { endRow(into: &rows) }
                cursor += 1
                line += 1
                beginRow(at: cursor)
                continue
            }
            guard cursor - rowStart < rowLimit else {
                giveUp(.tooLarge(limit: rowLimit), into: &rows)
                continue
            }
            switch (state, byte) {
            case (.quoted, .quote):
                state = .quoteInQuoted
            case (.quoted, _):
                text.append(byte)
                if endsLine {
                    line += 1
                    if secondLine == nil { secondLine = cursor + 1 }
                }
            case (_, .comma):
                fieldEnds.append(text.count)
                state = .fieldStart
            case (.fieldStart, .quote):
                state = .quoted
            case (.quoteInQuoted, .quote):
                text.append(byte)
                state = .quoted
            case (.quoteInQuoted, _), (_, .quote):
                giveUp(.misplacedQuote, into: &rows)
                continue
            default:
                text.append(byte)
                state = .unquoted
            }
            cursor += 1
        }
    }

    /// The LF of a CRLF: the line was counted at the CR.
    private mutating func passSecondHalfOfLineBreak() {
        afterCR = false
        cursor += 1
        switch state {
        case .quoted:
            text.append(.lineFeed)
            if secondLine == cursor - 1 { secondLine = cursor }
        case .skipping: beginRow(at: cursor, state: .skipping)
        default: beginRow(at: cursor)
        }
    }

    /// Answers false while the bytes could still become a byte order mark.
    private mutating func passByteOrderMark() -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        if buffer.starts(with: mark) {
            cursor = mark.count
        } else if mark.starts(with: buffer) {
            return false
        }
        beginRow(at: cursor)
        return true
    }

    private mutating func beginRow(at offset: Int, state: State = .fieldStart) {
        rowStart = offset
        rowLine = line
        secondLine = nil
        text.removeAll(keepingCapacity: true)
        fieldEnds.removeAll(keepingCapacity: true)
        self.state = state
    }

    private mutating func endRow(into rows: inout [CSVRow]) {
        fieldEnds.append(text.count)
        var fields: [String] = []
        fields.reserveCapacity(fieldEnds.count)
        var start = 0
        for end in fieldEnds {
            guard let field = String(validating: text[start..<end], as: UTF8.self) else {
                rows.append(CSVRow(line: rowLine, fields: .failure(.invalidUTF8)))
                return
            }
            fields.append(field)
            start = end
        }
        rows.append(CSVRow(line: rowLine, fields: .success(fields)))
    }

    /// Yields the error in the row's place and goes back to its second line, or on to the end of its only one.
    private mutating func giveUp(_ error: CSVRowError, into rows: inout [CSVRow]) {
        rows.append(CSVRow(line: rowLine, fields: .failure(error)))
        afterCR = false
        guard let secondLine else {
            beginRow(at: cursor, state: .skipping)
            return
        }
        cursor = secondLine
        line = rowLine + 1
        beginRow(at: secondLine)
    }
}

extension UInt8 {
    fileprivate static let quote = UInt8(ascii: "\"")
    fileprivate static let comma = UInt8(ascii: ",")
    fileprivate static let lineFeed = UInt8(ascii: "\n")
    fileprivate static let carriageReturn = UInt8(ascii: "\r")
}
