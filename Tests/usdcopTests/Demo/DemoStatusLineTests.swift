import CacheServices
import Testing

@testable import usdcop

@Suite("The line at the foot of the terminal")
struct DemoStatusLineTests {
    @Test func `it fits into any terminal and says what matters`() {
        var desk = DemoDesk(seed: 21)
        for _ in 0..<2000 {
            let step = desk.next(now: .now)
            let text = DemoStatusLine.text(step)
            #expect(text.count < 78 && text.hasPrefix(step.quote.moment.text))
            #expect(text.contains(step.quote.moment.isOpen ? step.quote.regime.rawValue : "closed"))
        }
    }
}
