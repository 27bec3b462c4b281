@testable import Hiredis
import Testing

@Suite struct BackoffTests {
    @Test(arguments: [(-1, 10), (0, 10), (1, 10), (2, 20), (3, 40), (4, 80), (5, 160), (6, 250), (7, 250), (1000, 250), (Int.max, 250)])
    func `doubles from 10 ms to 250 ms`(failures: Int, milliseconds: Int) {
        let full = Duration.milliseconds(milliseconds)
        #expect(Backoff.pause(afterFailures: failures, draw: 1) == full)
        #expect(Backoff.pause(afterFailures: failures, draw: 0) == full / 2)
        #expect(Backoff.pause(afterFailures: failures, draw: 0.5) == full * 3 / 4)
    }
}
