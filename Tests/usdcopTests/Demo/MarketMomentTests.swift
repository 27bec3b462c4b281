import CacheServices
import Testing

@testable import usdcop

@Suite("The calendar of the synthetic market")
struct MarketMomentTests {
    @Test func `a day is eight hours, three hundred minutes and eleven hours`() {
        let day = (0..<MarketMoment.stepsInDay).map(MarketMoment.init(step:))
        #expect(day.prefix(3).map(\.text) == ["Mon 2025-01-06 00:00", "Mon 2025-01-06 01:00", "Mon 2025-01-06 02:00"])
        #expect(day[8].text == "Mon 2025-01-06 08:00" && day[8].opens && day[8].isOpen && day[8].sessionProgress == 0)
        #expect(day[9].text == "Mon 2025-01-06 08:01")
        #expect(day[307].text == "Mon 2025-01-06 12:59" && day[307].isOpen && day[307].sessionProgress == 1)
        #expect(day[308].text == "Mon 2025-01-06 13:00" && day[308].closes && !day[308].isOpen && day[308].sessionProgress == nil)
        #expect(day[318].text == "Mon 2025-01-06 23:00")
        #expect(day.count(where: \.opens) == 1 && day.count(where: \.closes) == 1 && day.count(where: \.isOpen) == 300)
    }

    @Test func `the times of the steps grow, and are those of Bogotá`() {
        let steps = (0..<20 * MarketMoment.stepsInDay).map(MarketMoment.init(step:))
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.time < $1.time })
        #expect(steps[8].time.iso8601 == "2025-01-06T13:00:00.000Z")
        #expect(steps.allSatisfy { BogotaTime.day(of: $0.time) == $0.day })
    }

    @Test func `weekends are left out`() {
        let days = (0..<10).map { MarketMoment(step: $0 * MarketMoment.stepsInDay) }
        #expect(
            days.map { $0.text.prefix(14) } == [
                "Mon 2025-01-06", "Tue 2025-01-07", "Wed 2025-01-08", "Thu 2025-01-09", "Fri 2025-01-10",
                "Mon 2025-01-13", "Tue 2025-01-14", "Wed 2025-01-15", "Thu 2025-01-16", "Fri 2025-01-17",
            ])
        #expect(days.map(\.followsWeekend) == [true, false, false, false, false, true, false, false, false, false])
    }
}
