import HTTPTypes
import Logging

/// Tells the log what failed, what could not be read, and who is refused: who guesses keys, uses one that was taken back, or asks too often.
/// One line a minute for each kind, with how many there were; what stands in a credential is told nowhere.
struct RequestNotices: Sendable {
    private struct Failure: Hashable, Sendable {
        let code: ProblemCode
        let route: String
    }

    private struct Refusal: Hashable, Sendable {
        let code: ProblemCode
        let client: CountedClient
    }

    private let failures = LogNotices<Failure>()
    private let refusals = LogNotices<Refusal>()
    private let unreadable = LogNotices<String>()

    /// A request that got no good answer.
    func tell(
        _ problem: Problem, _ error: any Error, _ method: HTTPRequest.Method, _ headers: HTTPFields, _ state: RequestState, _ logger: Logger
    ) {
        switch problem.code {
        case .unauthenticated where !Gate.hasCredential(headers):
            // Who gives no credential at all has not tried one: browsers and people begin so.
            break
        case .unauthenticated, .forbidden, .rateLimited, .foreignOrigin, .foreignHost: tellRefusal(problem.code, method, state, logger)
        // A probe that says no is an answer, and why it does is told where it changes.
        case .notReady: break
        default:
            if problem.code.status >= 500 { tellFailure(problem.code, error, method, state, logger) }
        }
    }

    private func tellFailure(_ code: ProblemCode, _ error: any Error, _ method: HTTPRequest.Method, _ state: RequestState, _ logger: Logger)
    {
        let count = failures.count(Failure(code: code, route: state.routeName))
        // The answer says that the log has each of these.
        guard count != nil || code == .internalError else { return }
        logger.log(
            level: code == .internalError ? .error : .warning, "a request failed", error: error,
            metadata: [
                "method": "\(method.rawValue)", "route": "\(state.routeName)", "code": "\(code.rawValue)", "requests": "\(count ?? 1)",
            ])
    }

    private func tellRefusal(_ code: ProblemCode, _ method: HTTPRequest.Method, _ state: RequestState, _ logger: Logger) {
        guard let origin = state.origin,
            let count = refusals.count(Refusal(code: code, client: CountedClient(state.caller, at: origin)))
        else { return }
        logger.warning(
            "requests of a client are refused",
            metadata: [
                "code": "\(code.rawValue)", "client": "\(origin.address?.text ?? "local")", "key": "\(state.caller?.name ?? "none")",
                "method": "\(method.rawValue)", "route": "\(state.routeName)", "requests": "\(count)",
            ])
    }

    /// Values in Redis that a request passed by.
    func tellUnreadable(_ keys: [String], _ logger: @autoclosure () -> Logger) {
        guard !keys.isEmpty else { return }
        let keys = keys.joined(separator: " ")
        guard unreadable.count(keys) != nil else { return }
        logger().warning("stored values cannot be read and were passed by", metadata: ["keys": "\(keys)"])
    }
}
