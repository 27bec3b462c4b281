import CacheServices

extension AuditDraft {
    /// POSITION_OPENED: `data` is the position.
    mutating func readOpening(_ data: JSONValue) {
        var position = AuditSubject(data, path: "data")
        let price = position.number("entry_price")
        let time = position.any("entry_time")
        let id = position.any("position_id")
        let quantity = position.number("quantity")
        symbol = position.symbol(otherwise: "UNKNOWN")
        position.skip("current_price", "pnl", "pnl_percent", "status")
        Self.add("position_id", id, to: &identity)
        Self.add("entry_price", price, to: &identity)
        Self.add("quantity", quantity, to: &identity)
        after = identity
        Self.add("entry_time", time, to: &after)
        Self.add(position.rest(), to: &after)
        problems += position.problems
        action = "Position opened: \(Self.amount(quantity)) \(symbol)\(Self.at(price))\(AuditSentence.aside([AuditSentence.piece(id)]))"
    }

    /// POSITION_CLOSED: `{"position", "pnl"}`; without `pnl` the position's own counts.
    mutating func readClosing(_ data: JSONValue) {
        var subject = AuditSubject(data, path: "data")
        let given = subject.number("pnl", .optional)
        var position = subject.object("position", path: "data.position")
        let exit = position.number("current_price", .optional)
        let entry = position.any("entry_price")
        let own = position.number("pnl", .optional)
        let percent = position.number("pnl_percent", .optional)
        let id = position.any("position_id")
        symbol = position.symbol(otherwise: "UNKNOWN")
        position.skip("entry_time", "quantity", "status")
        let pnl = given ?? own
        if pnl == nil, position.isThere, subject.problems.isEmpty, position.problems.isEmpty { subject.reportMissing("pnl") }
        Self.add("position_id", id, to: &identity)
        Self.add("pnl", pnl, to: &identity)
        Self.add("pnl_percent", percent, to: &identity)
        Self.add("exit_price", exit, to: &identity)
        Self.add("position_id", id, to: &before)
        Self.add("entry_price", entry, to: &before)
        Self.add("status", .string(PositionStatus.open.rawValue), to: &before)
        Self.add("exit_price", exit, to: &after)
        Self.add("pnl", pnl, to: &after)
        Self.add("pnl_percent", percent, to: &after)
        Self.add("status", .string(PositionStatus.closed.rawValue), to: &after)
        Self.add(position.rest(), to: &after)
        besides = subject.rest()
        problems += subject.problems + position.problems
        let result = "PnL \(AuditSentence.piece(pnl) ?? "")\(AuditSentence.aside([AuditSentence.piece(percent).map { "\($0) %" }]))"
        action = "Position closed: \(symbol)\(Self.at(exit)), \(result)"
    }

    /// `long 1000` or `short 1000`
    private static func amount(_ quantity: JSONValue?) -> String {
        guard let value = quantity?.double, let size = AuditSentence.piece(.finite(abs(value))) else { return "" }
        return "\(value < 0 ? "short" : "long") \(size)"
    }
}
