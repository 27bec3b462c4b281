import Foundation
import HealthServices

extension SettingsDraft {
    /// Puts together what several variables say of alerts, and reads the file of the secret.
    mutating func finishAlerts() {
        if let path = alertSecretFile, let bytes = readSecretBytes(path, ConfigurationTable.alertSecretFile, limit: 4096) {
            settings.alerts.secret = WebhookSecret(contents: bytes)
            if settings.alerts.secret == nil {
                report(ConfigurationTable.alertSecretFile, "names a file of fewer than \(WebhookSecret.minimumBytes) bytes")
            }
        }
        if let path = smtpCAFile {
            do throws(BoundedFile.Failure) {
                _ = try BoundedFile.read(path, limit: 1 << 20)
                settings.alerts.smtp?.caFile = path
            } catch {
                report(ConfigurationTable.smtpCAFile, error.problem)
            }
        }
        guard !settings.alerts.recipients.isEmpty else { return }
        if settings.alerts.smtp == nil, isUsable(ConfigurationTable.smtpURL) {
            report(ConfigurationTable.alertEmail, "is set without SMTP_URL")
        }
        if settings.alerts.sender == nil, isUsable(ConfigurationTable.alertFrom) {
            report(ConfigurationTable.alertEmail, "is set without USDCOP_ALERT_FROM")
        }
    }

    /// Whether nothing was said against a variable.
    private func isUsable(_ variable: ConfigurationVariable) -> Bool { !problems.contains { $0.variable == variable.name } }
}
