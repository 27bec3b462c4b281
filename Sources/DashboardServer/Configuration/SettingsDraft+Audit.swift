import Foundation
import LoggingServices

extension SettingsDraft {
    /// The key of the checkpoints and the directory of what outlives the process; nothing is made here.
    mutating func finishAudit() {
        settings.audit.namespace = settings.namespace
        settings.audit.stateDirectory = (stateDirectory ?? standardStateDirectory).map { URL(fileURLWithPath: $0, isDirectory: true) }
        if let stateDirectory, Self.isOccupied(stateDirectory) {
            report(ConfigurationTable.stateDirectory, "names something that is no directory")
        }
        guard let path = auditKeyFile,
            let bytes = readSecretBytes(path, ConfigurationTable.auditKeyFile, limit: 4096)
        else { return }
        settings.audit.signingKey = AuditSigningKey(contents: bytes)
        if settings.audit.signingKey == nil {
            report(ConfigurationTable.auditKeyFile, "names a file of fewer than \(AuditSigningKey.minimumBytes) bytes")
        }
    }

    /// Where a service manager, the desktop's rules or the home directory put such things; `nil` for a process that has none of them.
    private var standardStateDirectory: String? {
        // A service manager may give several, joined by colons.
        if let first = environment["STATE_DIRECTORY"]?.split(separator: ":").first { return String(first) }
        // The rules say that a relative path does not count.
        if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") { return base + "/usdcop" }
        if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.local/state/usdcop" }
        return nil
    }

    private static func isOccupied(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
    }
}
