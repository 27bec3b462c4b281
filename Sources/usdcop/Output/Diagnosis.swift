import CacheServices
import Hiredis

/// What the doctor found, for people and machines.
struct Diagnosis: Sendable {
    let server: RedisServerInfo
    let report: CacheInspection.Report
    /// What the repair of the indexes did; `nil` when none was asked for.
    let repaired: IndexReconciliation.Report?

    /// Whether something is wrong.
    var isNegative: Bool { !server.warnings.isEmpty || report.problems > 0 }

    var jsonValue: JSONValue {
        let repaired: JSONValue = self.repaired.map { ["added": .integer($0.added), "removed": .integer($0.removed)] } ?? .null
        return [
            "ok": .bool(!isNegative),
            "server": [
                "version": server.version.map(JSONValue.string) ?? .null, "role": .string(server.role.rawValue),
                "durability": .string(server.durability.rawValue),
                "maxmemory_policy": server.evictionPolicy.map(JSONValue.string) ?? .null,
                "warnings": .array(server.warnings.map { ["code": .string($0.rawValue), "detail": .string($0.sentence)] }),
            ],
            "keys": .integer(report.keys), "problems": .integer(report.problems),
            "findings": .array(
                report.findings.map {
                    [
                        "kind": .string($0.kind.rawValue), "key": .string($0.key), "detail": .string($0.sentence),
                        "problem": .bool($0.isProblem), "repairable": .bool($0.isRepairable),
                    ]
                }),
            "repaired": repaired,
        ]
    }

    func text(_ style: TextStyle) -> String {
        let properties = Table(properties: [
            ("Redis", Table.Cell("\(server.version ?? "version unknown"), \(server.role.rawValue)")),
            ("durability", Table.Cell(server.durability.rawValue)), ("eviction", Table.Cell(server.evictionPolicy ?? "unknown")),
            ("keys", Table.Cell(NumberText.integer(report.keys))),
        ])
        var text = properties.text(style)
        if let repaired { text += "repaired: \(repaired.added) entered into indexes, \(repaired.removed) removed\n" }
        for warning in server.warnings { text += style.apply(.caution, to: "! ") + warning.sentence + "\n" }
        if !report.findings.isEmpty {
            var table = Table([.left("FINDING"), .left("KEY"), .left("DETAIL")])
            for finding in report.findings {
                table.add([
                    Table.Cell(finding.kind.rawValue, finding.isProblem ? .bad : .faint), Table.Cell(finding.key),
                    Table.Cell(finding.sentence),
                ])
            }
            text += "\n" + table.text(style)
        }
        if report.findings.contains(where: \.isRepairable) { text += "\nusdcop doctor --repair puts the indexes right.\n" }
        let count = server.warnings.count + report.problems
        text += "\n" + (isNegative ? style.apply(.bad, to: "\(count) found") : style.apply(.good, to: "nothing is wrong")) + "\n"
        return text
    }
}
