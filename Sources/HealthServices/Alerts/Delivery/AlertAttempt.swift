/// How one attempt to tell an alert ended. The codes are constants of this program and never a receiver's text.
enum AlertAttempt: Sendable, Hashable {
    /// The receiver took it.
    case accepted
    /// Another attempt may succeed; `after` is what the receiver asked to be left alone for.
    case postponed(String, after: Duration? = nil)
    /// Another attempt would end in the same way.
    case refused(String)
    /// It was given up because the process ends; nothing is known.
    case abandoned
    /// There is nobody to tell.
    case unaddressed
}
