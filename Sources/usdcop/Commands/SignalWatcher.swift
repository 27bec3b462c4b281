import CacheServices
import DashboardServer

/// Follows the change stream and writes its signals to standard output.
struct SignalWatcher: Sendable {
    /// How long Redis may be away before watching ends.
    static let patience = Duration.seconds(30)

    let symbol: Symbol?
    let count: Int?
    let isJSON: Bool

    func run(_ session: Session) async throws {
        let console = Console()
        let stream = RedisEventStream.changes(session.cache.redis, namespace: session.settings.namespace)
        var last = try await stream.info().lastID
        console.note("usdcop: watching \(symbol.map { "signals of \($0)" } ?? "all signals"); Ctrl-C ends it")
        var shown = 0
        var lostSince: ContinuousClock.Instant?
        while !Task.isCancelled {
            do {
                for try await batch in stream.follow(after: last) {
                    lostSince = nil
                    for entry in batch {
                        last = entry.id
                        guard let line = line(entry, console.style) else { continue }
                        try console.write(line)
                        shown += 1
                        if shown == count { return }
                    }
                }
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                if Task.isCancelled { return }
                let now = ContinuousClock.now
                if lostSince == nil { console.note("usdcop: the connection to Redis is lost; trying again") }
                let since = lostSince ?? now
                lostSince = since
                guard now - since < Self.patience else { throw error }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// What is shown of a change; `nil` for what was not asked for.
    private func line(_ entry: StreamEntry, _ style: TextStyle) -> [UInt8]? {
        guard let change = ChangeEvent(entry), change.topic == .signals else { return nil }
        let signal = try? Signal(stored: change.value)
        if let symbol, signal?.symbol != symbol, !(change.event == "cleared" && change.key.hasSuffix(":\(symbol)")) { return nil }
        if isJSON {
            let json: JSONValue = [
                "id": .string("\(entry.id)"), "event": .string(change.event), "key": .string(change.key),
                "signal": signal?.jsonValue ?? .null,
            ]
            return JSONWriter.bytes(json) + [UInt8(ascii: "\n")]
        }
        var table = Table([.left(""), .left(""), .left(""), .left(""), .right(""), .right("")])
        let event = Table.Cell(change.event, .faint)
        if let signal {
            // Widths that fit almost everything keep the lines aligned although each is written alone.
            let price = NumberText.amount(signal.price)
            table.add([
                Table.Cell(signal.timestamp.iso8601), Table.Cell(signal.symbol.rawValue),
                Table.Cell(signal.action.rawValue.padded(to: 4), .init(signal.action)), Table.Cell(NumberText.percent(signal.confidence)),
                Table.Cell(String(repeating: " ", count: max(0, 10 - price.count)) + price), event,
            ])
        } else {
            table.add([event, Table.Cell(change.key)])
        }
        return Array(table.text(style).utf8)
    }
}

extension String {
    /// The text with spaces behind it up to a width.
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
