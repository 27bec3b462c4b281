/// A header row in which the time or the price cannot be told.
struct PriceColumnsError: Error, Equatable, Sendable {
    enum Code: Sendable {
        /// No column bears any of the names.
        case missing

        /// More than one column bears the name.
        case repeated
    }

    enum Role: String, Sendable {
        case time, price
    }

    let code: Code

    /// What the column is for.
    let role: Role

    /// The names that were looked for.
    let wanted: [String]

    /// The columns that the file has.
    let available: [String]
}

extension PriceColumnsError: CustomStringConvertible {
    /// The fault in one line. It shows at most 20 columns of at most 40 characters, and no control characters.
    var description: String {
        let fault = code == .missing ? "no \(role.rawValue) column" : "more than one \(role.rawValue) column"
        let more = available.count > 20 ? " and \(available.count - 20) more" : ""
        return "\(fault) (looked for \(Self.list(wanted))); the file has \(Self.list(available))\(more); "
            + "name one with --\(role.rawValue)-column"
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(20).map { name in
            let shown = name.unicodeScalars.prefix(40).map { scalar in
                scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format ? "?" : String(scalar)
            }
            return "\"\(shown.joined())\""
        }.joined(separator: ", ")
    }
}
