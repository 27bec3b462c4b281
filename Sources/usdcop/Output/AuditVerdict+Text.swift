import LoggingServices

extension AuditVerdict {
    /// The verdict for a person who answers for the trail: one word, what it stands on, then a line for each break.
    func text(_ style: TextStyle) -> String {
        let through = signedThrough.map { "\($0)" } ?? "nothing"
        let checked: Table.Cell =
            switch signatures {
            case .verified: Table.Cell("checked with the key", .good)
            case .noKey: Table.Cell("not checked: no key was given (USDCOP_AUDIT_KEY_FILE)", .caution)
            case .unsigned: Table.Cell("there are checkpoints without a signature", .caution)
            case .none: Table.Cell("there is no checkpoint", .caution)
            }
        let properties = Table(properties: [
            ("verdict", isSound ? Table.Cell("SOUND", .good) : Table.Cell("BROKEN", .bad)),
            ("entries", Table.Cell(NumberText.integer(entries))), ("writers", Table.Cell(NumberText.integer(writers))),
            ("checkpoints", Table.Cell(NumberText.integer(checkpoints))),
            ("signed through", Table.Cell("\(through), \(NumberText.integer(notYetSigned)) not yet signed")), ("signatures", checked),
        ])
        var text = properties.text(style)
        for note in notes { text += style.apply(.caution, to: "! ") + Table.Cell.shown(note) + "\n" }
        guard !isSound else { return text }
        var table = Table([.left("BREAK"), .left("PLACE"), .left("WHAT")])
        for found in breaks {
            table.add([Table.Cell(found.kind.rawValue, .bad), Table.Cell(found.place.description), Table.Cell(found.detail)])
        }
        text += "\n" + table.text(style)
        if unlistedBreaks > 0 { text += "… and \(NumberText.integer(unlistedBreaks)) more\n" }
        return text
    }
}
