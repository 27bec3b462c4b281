/// The rules of Prometheus for names: whatever a library calls its metric and its dimensions becomes a name that every server takes.
enum MetricNaming {
    /// Bytes of the longest name and of the longest value of a label.
    static let maximumLength = 128

    /// The name of a metric: letters, digits and underscores, `_total` behind a counter and `_seconds` behind a timer.
    static func metric(_ label: String, suffix: String = "") -> String {
        let name = identifier(label)
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    /// The name of a label; those that Prometheus keeps for itself get another end or beginning.
    static func label(_ name: String) -> String {
        let name = identifier(name)
        if name == "le" || name == "quantile" { return name + "_" }
        return name.hasPrefix("__") ? "_" + name.drop { $0 == "_" } : name
    }

    /// The value of a label within the bound, as it stands between quotes.
    static func escapedValue(_ value: String) -> String {
        escaped(bounded(value), quotes: true)
    }

    /// A text as it stands behind `# HELP`.
    static func escapedHelp(_ text: String) -> String { escaped(text, quotes: false) }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\"") }) else {
            return text
        }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// At most ``maximumLength`` bytes, and no half of a character.
    private static func bounded(_ value: String) -> String {
        guard value.utf8.count > maximumLength else { return value }
        var bounded = ""
        var size = 0
        for scalar in value.unicodeScalars {
            size += scalar.utf8.count
            guard size <= maximumLength else { break }
            bounded.unicodeScalars.append(scalar)
        }
        return bounded
    }

    private static func identifier(_ text: String) -> String {
        let bytes = text.utf8.prefix(maximumLength).map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "_")
            }
        }
        let name = String(decoding: bytes, as: UTF8.self)
        guard let first = bytes.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return "_" + name }
        return name
    }
}
