/// What a route takes as the body of a request.
package enum BodyRule: Sendable {
    /// Nothing.
    case none
    /// A JSON object of at most 64 KB.
    case json
    /// A JSON object that may hold many things, of at most 1 MB.
    case batch

    /// Bytes of the largest body that is read.
    var maximumSize: Int {
        switch self {
        case .none: 0
        case .json: 64 * 1024
        case .batch: 1024 * 1024
        }
    }
}
