import CacheServices

extension FinancialMetrics {
    /// The figures under each other; those that are absent are left out.
    func properties(adding more: [(String, Table.Cell)] = []) -> Table {
        var properties: [(String, Table.Cell)] = [("time", Table.Cell(timestamp.iso8601))]
        func add(_ name: String, _ cell: Table.Cell?) {
            if let cell { properties.append((name, cell)) }
        }
        add("total PnL", totalPnL.map { Table.Cell(NumberText.amount($0), .init(gain: $0)) })
        add("portfolio value", portfolioValue.map { Table.Cell(NumberText.amount($0)) })
        add("win rate", winRate.map { Table.Cell(NumberText.percent($0)) })
        add("Sharpe ratio", sharpeRatio.map { Table.Cell(NumberText.plain($0)) })
        add("max drawdown", maxDrawdown.map { Table.Cell(NumberText.plain($0)) })
        add("trades", totalTrades.map { Table.Cell(NumberText.integer($0)) })
        add("open positions", activePositions.map { Table.Cell(NumberText.integer($0)) })
        return Table(properties: properties + more)
    }
}
