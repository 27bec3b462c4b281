import CacheServices
import HealthServices

/// Reads `name=url,name=url`. A comma within an address is written `%2C`.
enum ServiceListText {
    /// The registry has room for the seed's services and redis beside them.
    static let maximumCount = ServiceRegistry.maximumServices - DefaultServices.table.count - 1

    static func read(_ text: String) throws(ConfigurationVariable.Fault) -> [ServiceConfig] {
        var services: [ServiceConfig] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: true) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0.drop { $0 == " " }) }
            guard pair.count == 2, let name = try? OperationName(pair[0]) else {
                throw .init(problem: "has a part that is not name=url")
            }
            guard let url = try? ProbeURL(pair[1]) else { throw .init(problem: "has an address for \(name) that cannot be checked") }
            guard name != DefaultServices.redis, !services.contains(where: { $0.name == name }) else {
                throw .init(problem: "names \(name) twice, or redis, which is always watched")
            }
            guard let service = try? ServiceConfig(name: name, url: url) else { throw .init(problem: "has a part that cannot be used") }
            guard services.count < maximumCount else { throw .init(problem: "names more than \(maximumCount) services") }
            services.append(service)
        }
        return services
    }
}
