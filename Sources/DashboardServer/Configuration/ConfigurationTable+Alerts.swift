import HealthServices

extension ConfigurationTable {
    /// Whom the service alerts, and when.
    static let alerts: [ConfigurationVariable] = [
        alertWebhooks, alertSecretFile, alertEmail, alertFrom, smtpURL, smtpCAFile, alertSpacing,
    ]

    public static let alertWebhooks = ConfigurationVariable(
        "USDCOP_ALERT_WEBHOOKS", flag: nil, default: nil,
        allowed: "must be at most \(AlertLists.maximumCount) different http:// or https:// addresses, joined by commas",
        "Addresses that alerts are posted to, joined by commas; there is no flag, because the address of a webhook is often its key"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.alerts.webhooks = try AlertLists.webhooks(text) }

    public static let alertSecretFile = ConfigurationVariable(
        "USDCOP_ALERT_SECRET_FILE", flag: "alert-secret-file", default: nil,
        allowed: "must be a readable file of \(WebhookSecret.minimumBytes) to 4096 bytes",
        "File with the secret that signs what is posted to webhooks (X-Usdcop-Signature); without one nothing is signed"
    ) { text, draft in draft.alertSecretFile = text }

    public static let alertEmail = ConfigurationVariable(
        "USDCOP_ALERT_EMAIL", flag: "alert-email", default: nil,
        allowed:
            "must be at most \(AlertLists.maximumCount) different plain e-mail addresses, joined by commas, and needs SMTP_URL and USDCOP_ALERT_FROM",
        "E-mail addresses that get alerts, joined by commas"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.alerts.recipients = try AlertLists.addresses(text) }

    public static let alertFrom = ConfigurationVariable(
        "USDCOP_ALERT_FROM", flag: "alert-from", default: nil, allowed: "must be a plain e-mail address such as desk@example.com",
        "E-mail address that alerts come from"
    ) { text, draft throws(ConfigurationVariable.Fault) in
        guard let address = try? EmailAddress(text) else { throw .init(problem: "is no e-mail address") }
        draft.settings.alerts.sender = address
    }

    public static let smtpURL = ConfigurationVariable(
        "SMTP_URL", flag: nil, default: nil,
        allowed: "must be smtp:// or smtps:// with a host, and optionally a port and a user with a password",
        "Mail server that takes alerts: smtp:// (STARTTLS, which a user and password need) or smtps://; there is no flag, because of the password"
    ) { text, draft throws(ConfigurationVariable.Fault) in
        guard let server = try? SMTPServer(text) else { throw .init(problem: "is no address of a mail server") }
        draft.settings.alerts.smtp = server
    }

    public static let smtpCAFile = ConfigurationVariable(
        "SMTP_CA_FILE", flag: "smtp-ca-file", default: nil, allowed: "must be a readable PEM file of certificates",
        "Certificates to trust with the mail server instead of the system's"
    ) { text, draft in draft.smtpCAFile = text }

    public static let alertSpacing = ConfigurationVariable(
        "USDCOP_ALERT_SPACING", flag: "alert-spacing", default: "5m", allowed: DurationRule.spacings.sentence,
        "Shortest time between two alerts of one service; when it ends the newest is sent, 0s sends every one"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.alerts.spacing = try DurationRule.spacings.read(text) }
}
