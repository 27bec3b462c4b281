import CacheServices
import Testing

@testable import usdcop

@Suite("The desk of the demo")
struct DemoDeskTests {
    private static let time = Timestamp(milliseconds: 1_750_000_000_000)

    private static func steps(seed: UInt64, days: Int, now: (Int) -> Timestamp = { _ in time }) -> [DeskStep] {
        var desk = DemoDesk(seed: seed)
        return (0..<days * MarketMoment.stepsInDay).map { desk.next(now: now($0)) }
    }

    @Test func `the same seed gives the same signals, positions and alerts, whenever it is run`() throws {
        let (first, second) = (Self.steps(seed: 21, days: 3), Self.steps(seed: 21, days: 3) { Self.time + .seconds($0 * 7) })
        for (one, other) in zip(first, second) {
            #expect(one.figures == other.figures && one.alerts == other.alerts && one.modelLatencyMS == other.modelLatencyMS)
            let (left, right) = (report(one), report(other))
            for (book, twin) in zip(one.books, other.books) {
                let (signal, same) = (try left.signal(book), try right.signal(twin))
                #expect(signal?.signalID == same?.signalID && signal?.features == same?.features && signal?.action == same?.action)
                #expect(try left.positions(book).map(\.jsonValue["position_id"]) == right.positions(twin).map(\.jsonValue["position_id"]))
                #expect(try left.positions(book).map(\.pnl) == right.positions(twin).map(\.pnl))
            }
        }
        #expect(first.map(\.figures) != Self.steps(seed: 22, days: 3).map(\.figures))
    }

    private func report(_ step: DeskStep) -> DeskReport { DeskReport(names: DeskNames(seed: 21), step: step, now: Self.time) }

    @Test func `the figures are the sum of what happened to the positions`() {
        var (realised, closed, won) = (0.0, 0, 0)
        for step in Self.steps(seed: 21, days: 25) {
            var (open, count) = (0.0, 0)
            for book in step.books {
                for change in book.changes {
                    switch change {
                    case .closed(let holding):
                        realised += holding.position.pnl
                        closed += 1
                        won += holding.position.pnl > 0 ? 1 : 0
                    case .opened(let holding), .marked(let holding):
                        open += holding.position.pnl
                        count += 1
                    }
                }
            }
            #expect(abs(step.figures.totalPnL - realised - open) < 0.01)
            #expect(abs(step.figures.realisedPnL - realised) < 0.01)
            #expect(step.figures.portfolioValue == DemoDesk.capital + step.figures.totalPnL)
            #expect(step.figures.closedTrades == closed && step.figures.openPositions == count)
            #expect(step.figures.winRate == (closed > 0 ? Double(won) / Double(closed) : nil))
            #expect(step.figures.drawdown >= 0 && step.figures.drawdown <= step.figures.maxDrawdown)
        }
        #expect(closed > 30)
    }

    @Test func `a position has one name from its beginning to its end, and no other has it`() {
        var open: [Symbol: String] = [:]
        var used: Set<String> = []
        let names = DeskNames(seed: 21)
        for step in Self.steps(seed: 21, days: 15) {
            for book in step.books {
                let symbol = book.instrument.symbol
                for change in book.changes {
                    switch change {
                    case .opened(let holding):
                        let name = names.position(holding, book.instrument)
                        #expect(open[symbol] == nil && used.insert(name).inserted)
                        open[symbol] = name
                    case .marked(let holding): #expect(open[symbol] == names.position(holding, book.instrument))
                    case .closed(let holding): #expect(open.removeValue(forKey: symbol) == names.position(holding, book.instrument))
                    }
                }
            }
        }
    }

    @Test func `nobody deals outside of the session, and a rejected order changes nothing`() {
        let steps = Self.steps(seed: 5, days: 40)
        for book in steps.filter({ !$0.quote.moment.isOpen }).flatMap(\.books) {
            #expect(book.order == nil && book.decision.map { $0.action == .hold } ?? true)
        }
        let orders = steps.flatMap(\.books).filter { $0.order != nil }
        let rejected = orders.filter { $0.order?.isFilled == false }
        #expect(!rejected.isEmpty && rejected.count * 10 < orders.count)
        for book in rejected {
            let changed = book.changes.contains { if case .marked = $0 { false } else { true } }
            #expect(!changed)
        }
    }

    @Test func `dealing costs something on average, and now and then is better than the middle`() {
        let slippages = Self.steps(seed: 5, days: 40).flatMap(\.books).compactMap(\.order?.slippage)
        #expect(slippages.reduce(0, +) / Double(slippages.count) > 0.2)
        #expect(slippages.contains { $0 < 0 } && slippages.allSatisfy { abs($0) < 30 })
    }

    @Test func `a position that has lost too much is closed, and that is told`() {
        let stops = Self.steps(seed: 21, days: 40).filter { $0.books.contains(where: \.isStop) }
        #expect(!stops.isEmpty)
        for step in stops {
            for book in step.books where book.isStop && book.order?.isFilled == true {
                guard case .closed(let holding)? = book.changes.first else {
                    Issue.record("it was not closed")
                    continue
                }
                #expect(holding.position.pnl < 0 && book.changes.count == 1)
                #expect(step.alerts.contains { $0.kind == .stop && $0.symbol == book.instrument.symbol })
            }
        }
    }

    @Test func `each instrument decides at its own pace, and forwards are dearer`() {
        let steps = Self.steps(seed: 1, days: 2)
        for (index, instrument) in Instrument.all.enumerated() {
            let decided = steps.count { $0.books[index].decision != nil }
            #expect(decided == (steps.count + instrument.stepsInBar - 1) / instrument.stepsInBar)
        }
        #expect(steps.allSatisfy { $0.books[0].price > $0.books[1].price && $0.books[1].price > $0.books[2].price })
        #expect(steps.allSatisfy { $0.books[2].price == $0.quote.price })
    }

    /// What a newcomer sees in the first minutes.
    @Test func `the seed that is taken unless another is asked for has something to show`() async throws {
        let (_, last) = try await DemoPlan(seed: nil, speed: 1, standing: .empty).desk(at: Self.time)
        #expect(last.figures.winRate != nil && last.figures.sharpeRatio != nil && last.figures.openPositions > 0)
        let shown = Self.steps(seed: DemoPlan.standardSeed, days: 22).dropFirst(DemoDesk.warmUp + 1).prefix(240)
        #expect(shown.prefix(60).contains { $0.books.contains { $0.order?.isFilled == true } })
        #expect(shown.contains { !$0.alerts.isEmpty })
        #expect(Set(shown.map(\.quote.regime)).count > 1)
        #expect(shown.first?.quote.moment.isOpen == true)
    }
}
