public import CacheServices
public import Hiredis

/// An error that knows what caused it, so that a log record can tell the whole chain.
public protocol CausedError: Error {
    /// The error below this one.
    var cause: (any Error)? { get }
}

extension CacheError: CausedError {
    /// What the Redis engine said.
    public var cause: (any Error)? { underlying }
}

extension AuditError: CausedError {
    /// What the cache below said.
    public var cause: (any Error)? { underlying }
}

extension RedisError: CausedError {
    /// What Redis answered; without an answer, what the network or the TLS library said.
    public var cause: (any Error)? { server ?? underlying }
}

/// An error as a record tells it: type, message, and where it came from as far as that is known.
///
/// Swift's errors carry no stack. What is known in its place is where the error was logged, and the chain of causes of a ``CausedError``.
struct LoggedError: Sendable, Equatable {
    /// The causes that are followed at most.
    private static let causes = 8

    /// The name of the error's type.
    let name: String
    let message: String
    /// One line for the place of the record, and one for each cause.
    let stack: [String]

    init(_ error: any Error, function: String, file: String, line: UInt) {
        name = Self.name(of: error)
        message = "\(error)"
        var stack = ["at \(function) (\(file):\(line))"]
        var cause = (error as? any CausedError)?.cause
        while let error = cause, stack.count <= Self.causes {
            stack.append("caused by \(Self.name(of: error)): \(error)")
            cause = (error as? any CausedError)?.cause
        }
        self.stack = stack
    }

    private static func name(of error: any Error) -> String { "\(type(of: error))" }
}
