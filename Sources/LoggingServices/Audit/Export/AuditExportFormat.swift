/// How the trail leaves the system.
public enum AuditExportFormat: String, Sendable, CaseIterable {
    /// RFC 4180 for spreadsheets; a text that could be a formula gets a leading `'`. It proves single entries only.
    case csv
    /// One array of records, each on a line of its own.
    case json
    /// One record a line, as journals hold them.
    case ndjson

    /// The media type of the file.
    public var mediaType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8; header=present"
        case .json: "application/json"
        case .ndjson: "application/x-ndjson"
        }
    }
}
