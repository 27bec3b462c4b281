import DashboardServer
import Hiredis
import NIOCore
import Testing

@testable import usdcop

@Suite("What the demo says at its start")
struct DemoGreetingTests {
    @Test(
        arguments: [
            ("redis://127.0.0.1:6379/0", "redis-cli GET usdcop"),
            ("redis://ana:secret@127.0.0.1:6390/2", "redis-cli -p 6390 -n 2 --user ana GET "),
            ("rediss://cache.example:6380/0", "redis-cli -h cache.example -p 6380 --tls GET "),
        ])
    func `its redis-cli reaches the Redis of the demo, and tells no password`(url: String, line: String) throws {
        var settings = Settings()
        settings.redis = try RedisConfiguration(url: url)
        let plan = DemoPlan(seed: nil, speed: 1, standing: .empty)
        let greeting = DemoGreeting(plan: plan, settings: DemoSettings(settings: settings, directory: nil, given: []))
        let text = greeting.text(try SocketAddress(ipAddress: "127.0.0.1", port: 8091))
        #expect(text.contains(line) && !text.contains("secret"), "\(text)")
    }
}
