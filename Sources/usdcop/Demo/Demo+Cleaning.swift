import DashboardServer
import Foundation
import Hiredis

extension Demo {
    /// Removes what demos alone made: the keys of the namespace and the state directory.
    ///
    /// - Throws: ``CommandFailure`` when something could not be removed.
    func clean(_ plan: DemoPlan, _ token: String) async throws {
        if settings.settings.backend != .memory {
            guard plan.isOwn else {
                throw CommandFailure(
                    .negative,
                    "The namespace \(namespace) was left as it is: not everything in it is known to come from demos (Redis was away at the start, or --adopt was given)."
                )
            }
            let removed = try await RedisClient.withClient(settings.settings.redis, logger: quietLogger) { client in
                try await DemoNamespace(client: client, namespace: namespace, token: token).removeAll()
            }
            Console().note("usdcop: removed \(NumberText.integer(removed)) keys of the namespace \(namespace)")
        }
        do {
            try settings.directory?.remove()
        } catch {
            throw CommandFailure(.inputOutput, "The state directory of the demo cannot be removed: \(error.localizedDescription)")
        }
    }
}
