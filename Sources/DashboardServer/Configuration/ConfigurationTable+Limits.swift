extension ConfigurationTable {
    /// What clients may do to the service, and whom it believes.
    static let limits: [ConfigurationVariable] = [
        rateLimit, headerTimeout, stallTimeout, maximumHeaderSize, maximumBodySize, maximumExports, allowedHosts, trustedProxies,
        certificateFile, certificateKeyFile,
    ]

    public static let rateLimit = ConfigurationVariable(
        "USDCOP_RATE_LIMIT", flag: "rate-limit", default: RateLimit.standard.description,
        allowed:
            "must be a rate with or without a burst, such as 1000/s, 60/m burst 10 or 500/h, of at most 100000 and a burst of at most 1000000, or off",
        "Requests of one client (API key, else address), in all processes together; where there are no keys callers of this machine are not counted"
    ) { text, draft throws(ConfigurationVariable.Fault) in
        if text != "off" {
            guard let limit = RateLimit(text) else { throw .init(problem: "is no rate") }
            draft.settings.limits.rate = limit
        } else {
            draft.settings.limits.rate = nil
        }
    }

    public static let headerTimeout = ConfigurationVariable(
        "USDCOP_HEADER_TIMEOUT", flag: "header-timeout", default: "10s", allowed: DurationRule.requests.sentence,
        "Time in which a client must have sent the head of a request, or begun TLS"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.limits.headerTimeout = try DurationRule.requests.read(text) }

    public static let stallTimeout = ConfigurationVariable(
        "USDCOP_STALL_TIMEOUT", flag: "stall-timeout", default: "30s", allowed: DurationRule.requests.sentence,
        "Time after which a client is given up that takes nothing of its answer"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.limits.stallTimeout = try DurationRule.requests.read(text) }

    public static let maximumHeaderSize = ConfigurationVariable(
        "USDCOP_MAX_HEADER_SIZE", flag: "max-header-size", default: "32KiB", allowed: SizeRule.headers.sentence,
        "Size of all headers of a request; one has at most half of it, and there are at most 100"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.limits.maximumHeaderSize = try SizeRule.headers.read(text) }

    public static let maximumBodySize = ConfigurationVariable(
        "USDCOP_MAX_BODY_SIZE", flag: "max-body-size", default: "64KiB", allowed: SizeRule.bodies.sentence,
        "Size of the body of a request; of a batch sixteen times as much"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.limits.maximumBodySize = try SizeRule.bodies.read(text) }

    public static let maximumExports = ConfigurationVariable(
        "USDCOP_MAX_EXPORTS", flag: "max-exports", default: "4", allowed: IntegerRule.exports.sentence,
        "Exports of the audit trail that go out at once; of several, one client never has all"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.limits.maximumExports = try IntegerRule.exports.read(text) }

    public static let allowedHosts = ConfigurationVariable(
        "USDCOP_ALLOWED_HOSTS", flag: "allowed-hosts", default: nil,
        allowed: "must be at most \(HostListText.maximumCount) names or addresses without ports, joined by commas",
        "Names that the service answers to besides those of this machine, joined by commas; with keys and without it any"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.allowedHosts = try HostListText.read(text) }

    public static let trustedProxies = ConfigurationVariable(
        "USDCOP_TRUSTED_PROXIES", flag: "trusted-proxies", default: nil,
        allowed:
            "must be at most \(AddressListText.maximumCount) addresses or ranges such as 10.0.0.0/8 or 2001:db8::/32, joined by commas",
        "Proxies that are believed when they name the client (X-Forwarded-For, Forwarded), joined by commas"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.trustedProxies = try AddressListText.read(text) }

    public static let certificateFile = ConfigurationVariable(
        "USDCOP_TLS_CERT_FILE", flag: "tls-cert-file", default: nil,
        allowed: "must be a readable PEM file of a certificate and its chain, and needs USDCOP_TLS_KEY_FILE",
        "Certificate of the API, which makes it HTTPS; it is read again when it changes"
    ) { text, draft in draft.certificateFile = text }

    public static let certificateKeyFile = ConfigurationVariable(
        "USDCOP_TLS_KEY_FILE", flag: "tls-key-file", default: nil,
        allowed: "must be a readable PEM file of the certificate's key without a password, and needs USDCOP_TLS_CERT_FILE",
        "Key of the certificate"
    ) { text, draft in draft.certificateKeyFile = text }
}
