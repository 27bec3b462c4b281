/// A condition did not come true in time.
public struct NeverHappened: Error, CustomStringConvertible {
    public let limit: Duration
    public let file: String
    public let line: Int

    public init(limit: Duration = .seconds(10), file: String = #fileID, line: Int = #line) {
        (self.limit, self.file, self.line) = (limit, file, line)
    }

    public var description: String { "\(file):\(line): it was not so within \(limit)" }
}

/// Waits until something is so, and answers how long it took; throws when it is not so in time.
@discardableResult
public func eventually(
    within limit: Duration = .seconds(10), file: String = #fileID, line: Int = #line, _ condition: () async throws -> Bool
) async throws -> Duration {
    let start = ContinuousClock.now
    while try await !condition() {
        guard start.duration(to: .now) < limit else { throw NeverHappened(limit: limit, file: file, line: line) }
        try await Task.sleep(for: .milliseconds(2))
    }
    return start.duration(to: .now)
}
