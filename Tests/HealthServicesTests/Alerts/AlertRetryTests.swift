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
}
