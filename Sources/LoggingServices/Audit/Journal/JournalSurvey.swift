/// What the notes of a whole journal say, found by reading it once.
struct JournalSurvey: Sendable, Hashable {
    /// Everything up to this sequence was answered as spooled.
    var promisedThrough = 0
    /// From this sequence on nothing is to be delivered.
    var withdrawnFrom: Int?
    /// Who has what was withdrawn.
    var withdrawnTo: WriterID?
    /// The writer that this one continues.
    var continues: WriterID?
    var lastSequence = 0
    /// Lines that could not be read; a crash may tear the last one of a day, anything else is damage.
    var damagedLines = 0

    /// Reads the journal; blocks.
    init(_ directory: JournalDirectory, writer: WriterID) throws(JournalError) {
        var reader = JournalReader(directory, writer: writer)
        while let line = try reader.next() {
            switch line {
            case .promised(let sequence): promisedThrough = max(promisedThrough, sequence)
            case .withdrawn(let from, let writer): (withdrawnFrom, withdrawnTo) = (max(1, from), writer)
            case .continues(let writer, _): continues = writer
            case .record(let record) where record.writer == writer: lastSequence = record.sequence
            case .record, .publish: continue
            }
        }
        damagedLines = reader.damagedLines
    }
}
