import CacheServices
import Testing

@testable import DashboardServer
@testable import HealthServices

@Suite("The configuration of watched services")
struct HealthConfigurationTests {
    private func services(_ environment: [String: String]) throws -> [String: String] {
        let settings = try ConfigurationLoader(environment: environment).load().settings.health
        return Dictionary(uniqueKeysWithValues: settings.services.map { ($0.name.rawValue, $0.url?.text ?? "") })
    }

    @Test func `unset variables take the seed's addresses`() throws {
        let services = try services([:])
        #expect(services.keys.sorted() == ["ml-analytics", "pipeline-api", "postgres", "trading-api", "websocket"])
        #expect(services["trading-api"] == "http://localhost:8001")
    }

    @Test func `an empty variable switches its service off, and another address replaces it`() throws {
        let settings = try ConfigurationLoader(environment: ["POSTGRES_URL": "", "WS_URL": "wss://h/live"]).load().settings.health
        #expect(settings.switchedOff == ["postgres"])
        #expect(settings.services.map(\.name) == ["trading-api", "ml-analytics", "pipeline-api", "websocket"])
        #expect(settings.services.last?.url?.target == .http("https://h/live"))
    }

    @Test func `more services are named by a list, which goes over the seed's`() throws {
        let services = try services([
            "USDCOP_SERVICES": "risk engine=http://h:1/x?a=b, gateway=tcp://h:2,postgres=postgres://u:p@db/d", "USDCOP_ALERT_AFTER": "3",
        ])
        #expect(services["risk engine"] == "http://h:1/x?a=b")
        #expect(services["gateway"] == "tcp://h:2")
        #expect(services["postgres"] == "postgres://u:p@db/d")
        #expect(services.count == 7)
    }

    @Test func `a list that the registry has no room for is refused as a whole`() throws {
        func list(_ count: Int) -> String { (0..<count).map { "s\($0)=http://h/\($0)" }.joined(separator: ",") }
        #expect(try services(["USDCOP_SERVICES": list(194)]).count == 199)
        #expect(throws: ConfigurationError.self) { try services(["USDCOP_SERVICES": list(195)]) }
    }

    @Test(arguments: [
        ("USDCOP_SERVICES", "nameless"), ("USDCOP_SERVICES", "a=file:///x"), ("USDCOP_SERVICES", "a=http://h,a=http://h"),
        ("USDCOP_SERVICES", "redis=http://h"), ("USDCOP_SERVICES", "a\u{e9}=http://h"), ("USDCOP_ALERT_AFTER", "0"),
        ("USDCOP_ALERT_AFTER", "1001"), ("TRADING_API_URL", "hunter2"), ("POSTGRES_URL", "postgres://u:hunter2@"),
    ])
    func `what cannot be used is named, and not repeated`(variable: String, value: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationLoader(environment: [variable: value]).load() }
        #expect(error?.problems.map(\.variable) == [variable])
        #expect(error?.description.contains("hunter2") == false)
    }
}
