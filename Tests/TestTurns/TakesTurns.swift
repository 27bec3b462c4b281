public import Testing

/// Lets a test run when it is its turn: two at once in a process, once those that take no turns have left the threads to them.
///
/// Tests against real servers measure time. Started all together, as a plain `swift test` does, they would measure each other.
public struct TakesTurns: SuiteTrait, TestTrait, TestScoping {
    public var isRecursive: Bool { true }
    private let isAlone: Bool

    init(alone: Bool) { isAlone = alone }

    /// Around a test, where its time limit does not count the wait, and around each of its cases.
    public func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { test.isSuite ? nil : self }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        if testCase != nil, let cases = Turns.ofCases {
            try await cases.take(function)
        } else if Turns.ofCases == nil {
            try await Turns.ofTests.take(alone: isAlone) { try await Turns.$ofCases.withValue(Turns(1), operation: function) }
        } else {
            // The trait of an outer suite has this turn already.
            try await function()
        }
    }
}

extension Trait where Self == TakesTurns {
    /// The tests take turns with all others that do.
    public static var takesTurns: Self { Self(alone: false) }

    /// The same, and nobody else has a turn meanwhile: for what measures the whole process.
    public static var takesTurnsAlone: Self { Self(alone: true) }
}
