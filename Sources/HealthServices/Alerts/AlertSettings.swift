/// Whom to alert, and when.
public struct AlertSettings: Sendable {
    /// `USDCOP_ALERT_WEBHOOKS`
    public var webhooks: [WebhookURL] = []
    /// The contents of `USDCOP_ALERT_SECRET_FILE`: signs what goes to webhooks; without it nothing is signed.
    public var secret: WebhookSecret?
    /// `USDCOP_ALERT_EMAIL`
    public var recipients: [EmailAddress] = []
    /// `USDCOP_ALERT_FROM`
    public var sender: EmailAddress?
    /// `SMTP_URL` and `SMTP_CA_FILE`
    public var smtp: SMTPServer?
    /// `USDCOP_ALERT_SPACING`: the shortest time between two alerts of one service on one channel.
    public var spacing = Duration.seconds(300)

    /// The defaults: nobody is told.
    public init() {}
}
