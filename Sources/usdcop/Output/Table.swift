/// Rows in aligned columns.
struct Table: Sendable {
    /// On which side of its column a text stands.
    enum Alignment: Sendable {
        case left, right
    }

    /// A column's title and alignment.
    struct Column: Sendable {
        let title: String
        let alignment: Alignment

        static func left(_ title: String) -> Column { Column(title: title, alignment: .left) }
        static func right(_ title: String) -> Column { Column(title: title, alignment: .right) }
    }

    /// One text and what it means.
    struct Cell: Sendable, ExpressibleByStringInterpolation {
        let text: String
        let tone: TextStyle.Tone

        /// Control characters become `?`, so that stored text can neither break a row nor drive the terminal.
        init(_ text: String, _ tone: TextStyle.Tone = .normal) {
            self.text = Self.shown(text)
            self.tone = tone
        }

        init(stringLiteral text: String) { self.init(text) }

        /// A text from outside, fit for a terminal.
        static func shown(_ text: String) -> String {
            func isShown(_ scalar: Unicode.Scalar) -> Bool {
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }
            guard !text.unicodeScalars.allSatisfy(isShown) else { return text }
            var shown = String.UnicodeScalarView()
            for scalar in text.unicodeScalars { shown.append(isShown(scalar) ? scalar : "?") }
            return String(shown)
        }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    /// A table with titles.
    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Names and values under each other, without titles.
    init(properties: [(String, Cell)]) {
        columns = [.left(""), .left("")]
        rows = properties.map { [Cell($0.0, .faint), $0.1] }
    }

    /// Adds a row; missing cells are empty, further ones are left out.
    mutating func add(_ cells: [Cell]) {
        rows.append(columns.indices.map { $0 < cells.count ? cells[$0] : "" })
    }

    /// The lines of the table, each ended by a line break.
    func text(_ style: TextStyle) -> String {
        let hasTitles = columns.contains { !$0.title.isEmpty }
        let lines = (hasTitles ? [columns.map { Cell($0.title, .heading) }] : []) + rows
        let widths = columns.indices.map { column in lines.map { $0[column].text.count }.max() ?? 0 }
        return lines.map { cells in
            var line = ""
            for (index, cell) in cells.enumerated() {
                let padding = String(repeating: " ", count: widths[index] - cell.text.count)
                let text = style.apply(cell.tone, to: cell.text)
                if columns[index].alignment == .right { line += padding + text } else { line += text }
                if index < cells.count - 1 {
                    line += (columns[index].alignment == .left ? padding : "") + "  "
                }
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
