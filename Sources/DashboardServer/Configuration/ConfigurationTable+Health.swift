import CacheServices
import HealthServices

extension ConfigurationTable {
    /// What the monitor of services needs besides the connection.
    public static let health: [ConfigurationVariable] = [services, alertAfter] + DefaultServices.table.map(address)

    public static let services = ConfigurationVariable(
        "USDCOP_SERVICES", flag: nil, default: nil,
        allowed:
            "must be name=url, joined by commas; names of 1 to 64 letters, digits, spaces and ._:/-, and URLs of http, https, ws, wss, tcp, redis or postgres",
        "More services to watch, name=url joined by commas; there is no flag, because addresses may have passwords in them"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.moreServices = try ServiceListText.read(text) }

    public static let alertAfter = ConfigurationVariable(
        "USDCOP_ALERT_AFTER", flag: "alert-after", default: "2", allowed: IntegerRule.checks.sentence,
        "Checks in a row that a service must have changed before people are told"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.health.alertAfter = try IntegerRule.checks.read(text) }

    /// The address of one of the seed's services.
    private static func address(name: OperationName, variable: String, url: String) -> ConfigurationVariable {
        ConfigurationVariable(
            variable, flag: nil, default: url, allowed: "must be a URL, or empty for no such service",
            takesEmpty: true, "Address of the service \(name); empty switches it off"
        ) { text, draft throws(ConfigurationVariable.Fault) in
            guard text.isEmpty || (try? ProbeURL(text)) != nil else { throw .init(problem: "is no URL that can be checked") }
            draft.serviceURLs[variable] = text
        }
    }
}
