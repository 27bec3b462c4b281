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
            guard let removed else {
                throw CommandFailure(.unavailable, "The namespace \(namespace) was left as it is: another demo runs there.")
            }
            Console().note("usdcop: removed \(NumberText.integer(removed)) keys of the namespace \(namespace)")
        }
        do {
            try settings.directory?.remove()
        } catch {
            throw CommandFailure(.inputOutput, "The state directory of the demo cannot be removed: \(error.localizedDescription)")
        }
    }

    /// Takes back what a demo that could not begin has left. What an earlier demo left stays, unless it was to be cleaned.
    func withdraw(_ plan: DemoPlan, _ token: String) async {
        if options.clean { try? await clean(plan, token) }
        guard settings.settings.backend != .memory else { return }
        try? await RedisClient.withClient(settings.settings.redis, logger: quietLogger) { client in
            let place = DemoNamespace(client: client, namespace: namespace, token: token)
            if plan.isFirst { _ = try await place.removeAll() }
            await place.release()
        }
    }
}
