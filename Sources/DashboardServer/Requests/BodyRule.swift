/// What a route takes as the body of a request.
package enum BodyRule: Sendable {
    /// Nothing.
    case none
    /// A JSON object of at most 64 KB.
    case json
    /// A JSON object that may hold many things, of at most 1 MB.
    case batch

    /// Bytes of the largest body that is read, unless something else is configured.
    package var maximumSize: Int { maximumSize(standard: Self.standardSize) }

    static let standardSize = 64 * 1024

    /// Bytes of the largest body that is read: of a batch sixteen times as many as of others.
    func maximumSize(standard: Int) -> Int {
        switch self {
        case .none: 0
        case .json: standard
        case .batch: standard * 16
        }
    }
}
