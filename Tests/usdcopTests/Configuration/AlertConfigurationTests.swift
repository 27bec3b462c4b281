import HealthServices
import Testing

@testable import DashboardServer

@Suite("The configuration of alerts")
struct AlertConfigurationTests {
    @Test func `by default nobody is told`() throws {
        let alerts = try ConfigurationLoader().load().settings.alerts
        #expect(alerts.webhooks.isEmpty && alerts.recipients.isEmpty && alerts.smtp == nil && alerts.secret == nil)
        #expect(alerts.spacing == .seconds(300))
    }

    @Test func `everything can be set`() throws {
        let scratch = try ScratchDirectory()
        let environment = [
            "USDCOP_ALERT_WEBHOOKS": "https://a.example/x, http://b.example:8080/y?z",
            "USDCOP_ALERT_EMAIL": "a@example.com , b@example.com",
            "USDCOP_ALERT_SECRET_FILE": try scratch.file("secret", "0123456789abcdef\n"), "USDCOP_ALERT_FROM": "usdcop@example.com",
            "SMTP_URL": "smtp://desk:hunter2@mail:587", "SMTP_CA_FILE": try scratch.file("ca.pem", "-"), "USDCOP_ALERT_AFTER": "3",
            "USDCOP_ALERT_SPACING": "0s",
        ]
        let settings = try ConfigurationLoader(environment: environment).load().settings
        let alerts = settings.alerts
        #expect(alerts.webhooks.map { $0.name.prefix { $0 != "#" } } == ["https://a.example", "http://b.example:8080"])
        #expect(alerts.recipients.map(\.rawValue) == ["a@example.com", "b@example.com"])
        #expect(alerts.sender?.rawValue == "usdcop@example.com" && alerts.smtp?.description == "smtp://mail:587")
        #expect(alerts.smtp?.caFile == environment["SMTP_CA_FILE"])
        #expect(alerts.secret != nil && settings.health.alertAfter == 3 && alerts.spacing == .zero)
        #expect(!"\(settings)".contains("hunter2") && !"\(settings)".contains("0123456789abcdef"))
    }

    @Test(
        arguments: [
            (["USDCOP_ALERT_WEBHOOKS": "https://h/#f"], "USDCOP_ALERT_WEBHOOKS"),
            (["USDCOP_ALERT_WEBHOOKS": "https://h,"], "USDCOP_ALERT_WEBHOOKS"),
            (["USDCOP_ALERT_WEBHOOKS": "https://h,https://h"], "USDCOP_ALERT_WEBHOOKS"),
            (["USDCOP_ALERT_WEBHOOKS": "file:///x"], "USDCOP_ALERT_WEBHOOKS"),
            (["USDCOP_ALERT_WEBHOOKS": (0...10).map { "https://h/\($0)" }.joined(separator: ",")], "USDCOP_ALERT_WEBHOOKS"),
            (["USDCOP_ALERT_SECRET_FILE": "/nonexistent"], "USDCOP_ALERT_SECRET_FILE"), (["USDCOP_ALERT_FROM": "a"], "USDCOP_ALERT_FROM"),
            (["USDCOP_ALERT_EMAIL": "a@b,A@b"], "USDCOP_ALERT_EMAIL"),
            (["USDCOP_ALERT_EMAIL": "a@b", "USDCOP_ALERT_FROM": "c@d"], "USDCOP_ALERT_EMAIL"),
            (["USDCOP_ALERT_EMAIL": "a@b", "SMTP_URL": "smtp://h"], "USDCOP_ALERT_EMAIL"), (["SMTP_URL": "http://h"], "SMTP_URL"),
            (["SMTP_CA_FILE": "/nonexistent"], "SMTP_CA_FILE"), (["USDCOP_ALERT_AFTER": "0"], "USDCOP_ALERT_AFTER"),
            (["USDCOP_ALERT_AFTER": "101"], "USDCOP_ALERT_AFTER"), (["USDCOP_ALERT_SPACING": "2d"], "USDCOP_ALERT_SPACING"),
            (["USDCOP_ALERT_SPACING": "-1s"], "USDCOP_ALERT_SPACING"),
        ] as [([String: String], String)])
    func `what cannot be used is named once`(environment: [String: String], variable: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try ConfigurationLoader(environment: environment).load() }
        #expect(error.problems.map(\.variable) == [variable])
    }
}
