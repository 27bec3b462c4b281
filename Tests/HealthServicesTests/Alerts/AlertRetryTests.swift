import CacheServices
import Testing

@testable import HealthServices

@Suite("Pauses between attempts")
struct AlertRetryTests {
    private let retry = AlertRetry(first: .seconds(1), longest: .seconds(60), window: .seconds(600))

    @Test(
        arguments: [
            (1, 0, 0.0, 500), (1, 0, 1, 1000), (2, 1, 1, 2000), (3, 3, 0.5, 3000), (6, 31, 1, 32_000), (7, 63, 1, 60_000),
            (1000, 540, 1, 60_000), (1000, 541, 1, nil), (1000, 541, 0, 30_000), (1, 601, 0, nil), (0, 0, -5, 500),
        ] as [(Int, Int, Double, Int?)])
    func `grow, are drawn, and end with the window`(attempts: Int, elapsed: Int, draw: Double, milliseconds: Int?) {
        let pause = retry.pause(afterAttempts: attempts, elapsed: .seconds(elapsed), draw: draw)
        #expect(pause == milliseconds.map { .milliseconds($0) })
    }

    @Test(
        arguments: [
            (200, .accepted), (204, .accepted), (299, .accepted), (301, .refused("redirect")), (308, .refused("redirect")),
            (400, .refused("http_400")), (401, .refused("http_401")), (404, .refused("http_404")), (408, .postponed("http_408")),
            (425, .postponed("http_425")), (429, .postponed("http_429")), (500, .postponed("http_500")), (503, .postponed("http_503")),
            (599, .postponed("http_599")), (199, .refused("http_199")),
        ] as [(UInt, AlertAttempt)])
    func `the status of an answer decides`(status: UInt, attempt: AlertAttempt) {
        #expect(AlertAttempt(status: status) == attempt)
    }

    @Test(
        arguments: [
            ("0", nil), ("1", 1000), ("120", 120_000), ("301", 300_000), ("99999999999999999999999", 300_000), ("-5", nil), ("1.5", nil),
            ("soon", nil), ("", nil), ("Wed, 15 Jan 2025 10:30:07 GMT", 7000), ("Wed, 15 Jan 2025 11:30:00 GMT", 300_000),
            ("Wed, 15 Jan 2025 10:29:00 GMT", nil), ("Wed, 32 Jan 2025 10:30:07 GMT", nil), ("Wednesday, 15-Jan-25 10:30:07 GMT", nil),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 300_000), ("a b c d e f", nil),
        ] as [(String, Int?)])
    func `a receiver may ask for a pause, and not for ever`(text: String, milliseconds: Int?) {
        #expect(RetryAfter.pause(text, at: .sample) == milliseconds.map { .milliseconds($0) })
    }

    @Test func `a pause that was asked for counts where the receiver is too busy, and goes before what is drawn`() {
        #expect(AlertAttempt(status: 429, asked: .seconds(9)) == .postponed("http_429", after: .seconds(9)))
        #expect(AlertAttempt(status: 503, asked: .seconds(9)) == .postponed("http_503", after: .seconds(9)))
        #expect(AlertAttempt(status: 500, asked: .seconds(9)) == .postponed("http_500"))
        #expect(AlertAttempt(status: 301, asked: .seconds(9)) == .refused("redirect"))
        #expect(retry.pause(afterAttempts: 1, elapsed: .zero, draw: 1, asked: .seconds(9)) == .seconds(9))
        #expect(retry.pause(afterAttempts: 6, elapsed: .zero, draw: 1, asked: .seconds(9)) == .seconds(32))
        #expect(retry.pause(afterAttempts: 6, elapsed: .seconds(560), draw: 1, asked: .seconds(300)) == .seconds(300))
        #expect(retry.pause(afterAttempts: 6, elapsed: .seconds(601), draw: 1, asked: .seconds(1)) == nil)
    }
}
