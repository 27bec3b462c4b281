import CacheServices
import HealthServices

extension SettingsDraft {
    /// The seed's services at their addresses, and those that are named beside them; of two with one name the named one counts.
    mutating func finishHealth() {
        let named = Set(moreServices.map(\.name))
        let standard = DefaultServices.table.compactMap { entry -> ServiceConfig? in
            let text = serviceURLs[entry.variable] ?? entry.url
            guard !text.isEmpty, !named.contains(entry.name), let url = try? ProbeURL(text) else { return nil }
            return try? ServiceConfig(name: entry.name, url: url)
        }
        settings.health.services = standard + moreServices
        settings.health.switchedOff = Set(DefaultServices.table.filter { serviceURLs[$0.variable]?.isEmpty == true }.map(\.name))
            .subtracting(named)
    }
}
