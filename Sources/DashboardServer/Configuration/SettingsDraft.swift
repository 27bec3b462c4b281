import HealthServices

/// Settings while they are read: texts that only make sense together wait here until all are known.
struct SettingsDraft: Sendable {
    var settings = Settings()
    var redisURL: String?
    var redisCAFile: String?
    var redisPasswordFile: String?
    var commandTimeout: Duration?
    var connectTimeout: Duration?
    var keysFile: String?
    var keys: String?
    var stateDirectory: String?
    var auditKeyFile: String?
    /// The addresses of the seed's services, by their variables; empty for one that is switched off.
    var serviceURLs: [String: String] = [:]
    /// What `USDCOP_SERVICES` names.
    var moreServices: [ServiceConfig] = []
    var certificateFile: String?
    var certificateKeyFile: String?
    var alertSecretFile: String?
    var smtpCAFile: String?
    /// The environment of the process, for what it says of directories.
    var environment: [String: String] = [:]
    var problems: [ConfigurationError.Problem] = []
    var warnings: [ConfigurationWarning] = []

    /// Notes that a variable cannot be used.
    mutating func report(_ variable: ConfigurationVariable, _ problem: String) {
        problems.append(.init(variable.name, problem, allowed: variable.allowed))
    }
}
