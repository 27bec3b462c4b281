import CacheServices
import Logging
import Synchronization

extension ServiceRegistry {
    /// Tells Redis what the configuration of this process has, and finds what that had before, and no process has any more.
    ///
    /// Only what a process of the same place had is removed: another process may have a configuration of its own, and be down just now. What
    /// is left over besides is named, with the command that removes it.
    func staleServices(of reading: RegistryReading, isFirst: Bool, in store: HealthStore) async throws(CacheError) -> Set<OperationName> {
        let (own, known) = state.withLock { state in
            (state.services.values.filter { $0.origin == .configuration && state.configs[$0.name] != nil }.map(\.name), state.configs)
        }
        let abandoned = if let publisher { try await store.claim(own, by: publisher) } else { Set<OperationName>() }
        guard isFirst else { return [] }
        let foreign = reading.services.filter { $0.origin == .configuration && known[$0.name] == nil }.map(\.name)
        let stale = Set(foreign.filter { abandoned.contains($0) || switchedOff.contains($0) })
        for name in stale.sorted() {
            logger.notice("a service is not in the configuration any more, and is watched no more", metadata: ["service": "\(name)"])
        }
        let rest = foreign.filter { !stale.contains($0) && $0 != DefaultServices.redis }.sorted()
        if !rest.isEmpty {
            logger.warning(
                "services are watched that this configuration does not have",
                metadata: [
                    "services": "\(rest.map(\.rawValue).joined(separator: ", "))", "remove_with": "usdcop health unregister NAME",
                ])
        }
        return stale
    }
}
