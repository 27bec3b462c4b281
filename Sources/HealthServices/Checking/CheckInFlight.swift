/// A check that is under way, or whose probe has not ended yet.
struct CheckInFlight: Sendable {
    /// Gives how the service is; `nil` when the check was another process' to make.
    let task: Task<ServiceHealth?, Never>
    /// The answer was given.
    var isAnswered = false
    /// The probe has let go of everything.
    var hasEnded = false
}
