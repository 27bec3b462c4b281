import CacheServices

/// All routes: the one place that says which path, which method, and who. Dispatch, `Allow` and authorization are read from it.
package struct RouteTable: Sendable {
    /// Where a path leads.
    struct Match: Sendable {
        let route: Route
        let parameters: [String: String]
    }

    /// In the order in which they were given.
    package let routes: [Route]
    private let literals: [String: Route]
    private let patterns: [Route]

    /// Collects routes; of two with the same path, the first counts.
    package init(_ routes: [Route]) {
        self.routes = routes
        literals = Dictionary(routes.filter(\.pattern.isLiteral).map { ($0.pattern.text, $0) }) { first, _ in first }
        patterns = routes.filter { !$0.pattern.isLiteral }
    }

    /// The route of a path that is still encoded; nil when there is none.
    ///
    /// - Throws: ``Problem`` for a parameter whose encoding is broken.
    func match(_ path: String) throws(Problem) -> Match? {
        if let route = literals[path] { return Match(route: route, parameters: [:]) }
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for route in patterns {
            guard let found = route.pattern.match(segments) else { continue }
            var parameters: [String: String] = [:]
            for (name, value) in found {
                guard let decoded = value.percentDecoded(plusIsSpace: false) else {
                    let sentence = "\(name) must have valid percent-encoding of UTF-8"
                    throw Problem(
                        .invalidPath, "\(sentence).", items: [.init(place: .parameter, name: name, code: .malformed, detail: sentence)])
                }
                parameters[name] = decoded
            }
            return Match(route: route, parameters: parameters)
        }
        return nil
    }
}
