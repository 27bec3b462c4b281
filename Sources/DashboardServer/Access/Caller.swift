/// Who makes a request, and what that allows.
package struct Caller: Sendable, Hashable {
    /// The name of the API key; nil for a loopback caller without one.
    package let name: String?
    /// What the caller may do; nil for somebody who only reaches what is open to everybody.
    package let role: Role?

    /// Somebody unknown.
    static let nobody = Caller(name: nil, role: nil)
}
