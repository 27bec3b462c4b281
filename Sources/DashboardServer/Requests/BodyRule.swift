/// What a route takes as the body of a request.
package enum BodyRule: Sendable {
    /// Nothing.
    case none
    /// A JSON object of at most ``maximumSize`` bytes.
    case json

    /// Bytes of the largest body that is read.
    static let maximumSize = 64 * 1024
}
