/// Reads `name,name`.
enum HostListText {
    static let maximumCount = 100

    /// In lowercase; addresses of IPv6 in brackets.
    static func read(_ text: String) throws(ConfigurationVariable.Fault) -> Set<String> {
        var hosts: Set<String> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let host = WebHost(String(part.trimmingSpaces), scheme: .http), host.text == host.name,
                !part.contains(":") || part.contains("[")
            else { throw .init(problem: "has a part that is no name or address without a port") }
            hosts.insert(host.name)
        }
        guard hosts.count <= maximumCount else { throw .init(problem: "has more than \(maximumCount) names") }
        return hosts
    }
}
