/// Why a text is no date.
enum DateTextError: Error, Equatable, Sendable {
    /// The text is in no form that ``DateText`` knows.
    case malformed

    /// The form is known, but there is no such date or time of day.
    case impossible
}

extension DateTextError: CustomStringConvertible {
    var description: String {
        switch self {
        case .malformed: "time is in no known form"
        case .impossible: "no such date or time of day"
        }
    }
}
