import Foundation

/// What ended a piece of work.
enum Ending<Value: Sendable>: Sendable {
    case finished(Value)
    /// SIGINT or SIGTERM; with what the work still gave after it was cancelled.
    case interrupted(signal: Int32, Value?)
}

/// Runs work that either ends or, when a signal comes first, leaves nothing behind.
///
/// - Throws: what the work throws, and ``CommandFailure`` with 130 and `consequence` when it was interrupted before its end.
func unlessInterrupted<Value: Sendable>(
    _ consequence: String, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    switch try await withInterruption(work) {
    case .finished(let value), .interrupted(_, let value?): return value
    case .interrupted: throw CommandFailure(.interrupted, "interrupted; \(consequence)")
    }
}

/// Runs work that SIGINT (Ctrl-C) and SIGTERM cancel; the work then has the chance to end in order.
///
/// - Throws: what the work throws unless it was interrupted.
func withInterruption<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Ending<Value> {
    let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
    let sources = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { continuation.yield(number) }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    return try await withThrowingTaskGroup(of: Ending<Value>?.self) { group in
        group.addTask { .finished(try await work()) }
        group.addTask { await signals.first { _ in true }.map { .interrupted(signal: $0, nil) } }
        guard let first = try await group.next(), let ending = first else { throw CancellationError() }
        group.cancelAll()
        guard case .interrupted(let number, _) = ending else { return ending }
        let rest = try? await group.next()
        guard case .finished(let value)?? = rest else { return ending }
        return .interrupted(signal: number, value)
    }
}
