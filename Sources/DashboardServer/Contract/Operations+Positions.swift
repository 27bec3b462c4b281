import CacheServices

extension Operations {
    static let positions: [String: Operation] = [
        "GET /api/cache/positions": listPositions,
        "GET /api/cache/positions/{symbol}": getPosition,
        "PUT /api/cache/positions/{symbol}": setPosition,
        "DELETE /api/cache/positions/{symbol}": deletePosition,
        "GET /api/cache/positions-aggregate": getPositionTotals,
    ]

    private static let listPositions: Operation = Operation("listPositions", .positions, "Reads all open positions")
        .answers(
            "Ordered by symbol.",
            .object(["count": .count, "positions": .array(.ref("Position")), "unreadable?": .ref("Unreadable")]),
            [.init("one", ["count": 1, "positions": [ContractSamples.position]])]
        ).refuses(.dataConflict)

    private static let getPosition: Operation = Operation("getPosition", .positions, "Reads the position of a symbol")
        .answers(
            "Null when there is none.", .object(["position": .any([.ref("Position"), .null])]),
            [.init("open", ["position": ContractSamples.position]), .init("none", ["position": .null])]
        ).refuses(.dataConflict)

    private static let setPosition: Operation = Operation("setPosition", .positions, "Stores the position of a symbol")
        .explained("The symbol of the position is that of the path. A position with status CLOSED removes what is there.")
        .takes(Schema.object(["position": .ref("NewPosition")]).closed, [.init("open", ["position": ContractSamples.position])])
        .answers(
            "What was stored, or removed.",
            .object(["position": .ref("Position"), "change": .words(["stored", "removed"]), "stored": .ref("Stored")]),
            [.init("stored", ["position": ContractSamples.position, "change": "stored", "stored": "redis"])]
        ).refuses(.dataConflict)

    private static let deletePosition: Operation = Operation("deletePosition", .positions, "Removes the position of a symbol")
        .answers("1, or 0 when there was none.", .ref("Cleared"), [.init("one", ["cleared": 1])]).refuses(.dataConflict)

    private static let getPositionTotals: Operation = Operation("getPositionTotals", .positions, "Reads the totals of all open positions")
        .answers(
            "The totals; no win rate without positions.",
            .object(["aggregate": .ref("PositionTotals"), "unreadable?": .ref("Unreadable")]),
            [
                .init(
                    "one",
                    [
                        "aggregate": [
                            "total_pnl": 50500, "total_positions": 1, "profitable_positions": 1, "losing_positions": 0, "win_rate": 1,
                        ]
                    ])
            ]
        ).refuses(.dataConflict)
}
