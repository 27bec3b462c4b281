public import CacheServices

extension ConfigurationTable {
    /// The table of the guides: a row of Markdown for each variable, in their order, with its flag, its default and what it is for.
    public static func markdown(_ variables: [ConfigurationVariable] = all) -> String {
        let rows = variables.map { variable in
            let flag = variable.flag.map { "`--\($0)`" } ?? "-"
            let standard = variable.defaultText.map { $0.isEmpty ? "empty" : "`\($0)`" } ?? "none"
            return "| `\(variable.name)` | \(flag) | \(standard) | \(variable.sentence.inTable) |"
        }
        return (["| variable | flag | default | |", "|---|---|---|---|"] + rows).joined(separator: "\n") + "\n"
    }

    /// The same for machines: everything that the table knows.
    public static func jsonValue(_ variables: [ConfigurationVariable] = all) -> JSONValue {
        .array(
            variables.map { variable in
                [
                    "name": .string(variable.name), "flag": variable.flag.map { .string("--" + $0) } ?? .null,
                    "default": variable.defaultText.map(JSONValue.string) ?? .null, "allowed": .string(variable.allowed),
                    "description": .string(variable.sentence),
                ]
            })
    }

    /// The variables of some names, in the order of the table; `nil` when one of them is none.
    public static func variables(named names: [String]) -> [ConfigurationVariable]? {
        let found = all.filter { names.contains($0.name) }
        return found.count == Set(names).count ? found : nil
    }
}

extension String {
    /// A bar would end the cell, an angle bracket begin a tag, a star a stress.
    fileprivate var inTable: String {
        replacing("|", with: "\\|").replacing("<", with: "\\<").replacing("*", with: "\\*")
    }
}
