import CacheServices
import DashboardServer
import Hiredis
import LoggingServices

extension Session {
    /// Reads the trail; nothing is written.
    var trail: AuditTrailReader {
        AuditTrailReader(AuditStore(cache.redis, namespace: settings.namespace, maximumLength: settings.audit.maximumEvents))
    }

    /// Runs a writer of the trail for the length of `body`; what `body` handed over is recorded before this returns.
    ///
    /// - Parameters:
    ///   - keepsJournal: events go to the state directory while Redis is away; else they are refused then.
    ///   - isLasting: the process also signs checkpoints in its turn and delivers what dead processes left.
    func withAudit<Value: Sendable>(
        keepsJournal: Bool = false, isLasting: Bool = false, _ body: @Sendable (AuditLogger) async throws -> Value
    ) async throws -> Value {
        var settings = settings.audit
        if !keepsJournal { settings.stateDirectory = nil }
        // A command is often run without the settings of the service.
        settings.mayShrink = false
        let audit = AuditLogger(redis: cache.redis, settings: settings, isLasting: isLasting, logger: logger)
        // No child of this task: an interruption ends the work, and what is on its way is still recorded.
        let running = Task { await audit.run() }
        do {
            let value = try await body(audit)
            audit.close()
            await running.value
            return value
        } catch {
            audit.close()
            await running.value
            throw error
        }
    }
}

extension AuditError {
    /// Whether it says no more than that Redis cannot be reached.
    var isAbsence: Bool {
        switch code {
        case .unavailable: underlying?.code == .unavailable && underlying?.underlying?.server == nil
        case .notRecorded: true
        default: false
        }
    }
}
