/// Why a command has no reply, and what is known about its effect.
///
/// Nothing in ``message`` or ``description`` carries a password, a URL, a key or a value.
public struct RedisError: Error, Sendable {
    /// What happened to the command.
    public enum Outcome: String, Sendable {
        /// It never left this process: it may be sent again without harm.
        case notSent
        /// Redis answered with an error: it had no effect.
        case rejected
        /// It was sent and not answered: it may or may not have been executed.
        case unknown
    }

    /// What went wrong.
    public enum Code: String, Sendable {
        /// No connection could be made before the deadline.
        case unreachable
        /// Redis has been failing for a while; commands fail at once until it is back.
        case circuitOpen
        /// The deadline of the command passed.
        case deadlineExceeded
        /// The connection ended before the reply.
        case connectionClosed
        /// The server broke the protocol, or a bound on replies.
        case protocolViolation
        /// Too many commands wait in this process.
        case overloaded
        /// The client is shut down.
        case shutDown
        /// The calling task was cancelled.
        case cancelled
        /// Redis refused the command; ``RedisError/server`` says why.
        case server
        /// The server answered something that this command does not answer.
        case unexpectedReply
        /// The address, the certificates or the credentials cannot work.
        case configuration
    }

    /// Reference storage keeps a `Result` of a reply or an error as small as a reply.
    private final class Storage: Sendable {
        let code: Code
        let outcome: Outcome
        let message: String
        let server: RedisServerError?
        let underlying: (any Error)?

        init(code: Code, outcome: Outcome, message: String, server: RedisServerError?, underlying: (any Error)?) {
            self.code = code
            self.outcome = outcome
            self.message = message
            self.server = server
            self.underlying = underlying
        }
    }

    private let storage: Storage

    init(_ code: Code, _ outcome: Outcome, _ message: String, server: RedisServerError? = nil, underlying: (any Error)? = nil) {
        self.storage = Storage(code: code, outcome: outcome, message: message, server: server, underlying: underlying)
    }

    /// An error that Redis answered.
    init(_ server: RedisServerError) {
        self.init(.server, .rejected, "Redis refused the command (\(server.code)); nothing was written.", server: server)
    }

    /// An error that Redis sent unasked before it hung up: `maxclients`, protected mode.
    init(goodbye server: RedisServerError) {
        self.init(.server, .unknown, "Redis refused the connection (\(server.code)).", server: server)
    }

    /// What went wrong.
    public var code: Code { storage.code }
    /// What is known about the command's effect.
    public var outcome: Outcome { storage.outcome }
    /// One sentence: what happened and what was not done.
    public var message: String { storage.message }
    /// The answer of Redis, when it refused the command.
    public var server: RedisServerError? { storage.server }
    /// What the network or the TLS library said, for logs.
    public var underlying: (any Error)? { storage.underlying }

    /// In a few words why Redis was not reached or hung up, such as `connection refused`; nil where nothing is known. Names no address.
    public var cause: String? {
        if let underlying { return ConnectionCause.words(underlying) }
        return switch code {
        case .connectionClosed: "the server hung up"
        case .deadlineExceeded: "no answer in time"
        case .protocolViolation: "what answers there is no Redis, or expects TLS"
        default: nil
        }
    }

    /// The same failure with another outcome.
    func with(outcome: Outcome) -> RedisError {
        RedisError(code, outcome, message, server: server, underlying: underlying)
    }

    /// The same failure without the words of the server, which can repeat the arguments of a command that it does not know.
    func withoutServerText() -> RedisError {
        guard let server else { return self }
        let message = "Redis refused the log-in."
        return RedisError(code, outcome, message, server: server.withoutText(), underlying: underlying)
    }

    /// Whether Redis is away (unreachable, silent or loading), as opposed to up and refusing.
    public var meansAway: Bool {
        switch code {
        case .unreachable, .circuitOpen, .deadlineExceeded, .connectionClosed, .protocolViolation: true
        case .server: server?.kind == .loading || server?.kind == .masterDown || server?.kind == .clusterDown
        case .overloaded, .shutDown, .cancelled, .unexpectedReply, .configuration: false
        }
    }
}

extension RedisError: CustomStringConvertible {
    public var description: String { "\(code.rawValue) (\(outcome.rawValue)): \(message)" }
}
