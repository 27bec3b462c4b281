import CacheServices
import NIOPosix

/// Tells an alert by an e-mail to one address, so that one that is refused keeps no other from it.
///
/// The message's identity is made of the alert's: mail programs that look at it drop repeats.
struct EmailChannel: AlertChannel {
    let to: EmailAddress
    let from: EmailAddress
    let server: SMTPServer
    /// Where the library may block.
    let pool: NIOThreadPool

    init(to: EmailAddress, from: EmailAddress, server: SMTPServer, pool: NIOThreadPool) {
        self.to = to
        self.from = from
        self.server = server
        self.pool = pool
    }

    var name: String { "mailto:\(to)" }

    func send(_ alert: Alert) async -> AlertAttempt {
        let message = EmailMessage(from: from, to: to, alert: alert, date: .now).bytes
        let transfer = SMTPTransfer(server: server, sender: from, recipient: to, message: message)
        return await withTaskCancellationHandler {
            (try? await pool.runIfActive { transfer.run() }) ?? .abandoned
        } onCancel: {
            transfer.cancel()
        }
    }
}
