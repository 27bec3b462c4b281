import RedisTesting
import Synchronization
import Testing

@testable import DashboardServer

@Suite(.timeLimit(.minutes(1)))
struct SharedRunTests {
    /// Work that ends when it is told to, and says how often it began.
    private final class Work: Sendable {
        let begun = Atomic(0)
        private let (turns, gate) = AsyncStream.makeStream(of: Void.self)

        func end() { gate.yield() }

        func run() async -> Int {
            let number = begun.wrappingAdd(1, ordering: .relaxed).newValue
            for await _ in turns { break }
            return number
        }
    }

    private struct Failure: Error {}

    @Test func `whoever comes during a run shares the next one, and there are never two`() async throws {
        let work = Work()
        let shared = SharedRun { await work.run() }
        let first = Task { try await shared.value() }
        try await eventually { work.begun.load(ordering: .relaxed) == 1 }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 { group.addTask { try await shared.value() } }
            try await eventually { shared.waiting == 20 }
            #expect(work.begun.load(ordering: .relaxed) == 1)
            work.end()
            #expect(try await first.value == 1)
            work.end()
            for try await number in group { #expect(number == 2) }
        }
        #expect(work.begun.load(ordering: .relaxed) == 2)
        work.end()
        #expect(try await shared.value() == 3)
    }

    @Test func `whoever is cancelled waits no longer, and the others go on`() async throws {
        let work = Work()
        let shared = SharedRun { await work.run() }
        let leaving = Task { try await shared.value() }
        try await eventually { work.begun.load(ordering: .relaxed) == 1 }
        let staying = Task { try await shared.value() }
        try await eventually { shared.waiting == 1 }
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        work.end()
        work.end()
        #expect(try await staying.value == 2)
    }

    @Test func `a failure is that of all, and not of those who come later`() async throws {
        let work = Work()
        let shared = SharedRun {
            let number = await work.run()
            if number == 1 { throw Failure() }
            return number
        }
        work.end()
        work.end()
        await #expect(throws: Failure.self) { try await shared.value() }
        #expect(try await shared.value() == 2)
    }
}
