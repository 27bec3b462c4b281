/// Reads `origin,origin`.
enum OriginListText {
    static let maximumCount = 100

    static func read(_ text: String) throws(ConfigurationVariable.Fault) -> Set<WebOrigin> {
        var origins: Set<WebOrigin> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let part = String(part.trimmingSpaces)
            guard part != "*" else { throw .init(problem: "has a *, which would let every page of the world read the API") }
            guard let origin = WebOrigin(part) else { throw .init(problem: "has a part that is no origin") }
            origins.insert(origin)
        }
        guard origins.count <= maximumCount else { throw .init(problem: "has more than \(maximumCount) origins") }
        return origins
    }
}
