/// So many at once; the others wait, first come, first served.
actor Turns {
    static let ofTests = Turns(2, whenQuiet: true)
    /// Of the cases of the test that runs.
    @TaskLocal static var ofCases: Turns?

    private let all: Int
    private var free: Int
    private var waiters: [(places: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private let quiet: Task<Void, Never>?

    init(_ count: Int, whenQuiet: Bool = false) {
        (all, free) = (count, count)
        quiet = whenQuiet ? Task { await Self.untilQuiet() } : nil
    }

    /// - Parameter isAlone: whether nobody else may have a turn meanwhile.
    nonisolated func take(alone isAlone: Bool = false, _ body: () async throws -> Void) async rethrows {
        await quiet?.value
        let places = isAlone ? all : 1
        await begin(places)
        do {
            try await body()
            await end(places)
        } catch {
            await end(places)
            throw error
        }
    }

    private func begin(_ places: Int) async {
        if waiters.isEmpty, free >= places { return free -= places }
        await withCheckedContinuation { waiters.append((places, $0)) }
    }

    private func end(_ places: Int) {
        free += places
        while let next = waiters.first, free >= next.places {
            waiters.removeFirst()
            free -= next.places
            next.continuation.resume()
        }
    }

    /// Whoever sleeps for a millisecond is woken late while others have the threads.
    private static func untilQuiet() async {
        let end = ContinuousClock.now + .seconds(60)
        var inTime = 0
        while inTime < 50, ContinuousClock.now < end {
            let start = ContinuousClock.now
            try? await Task.sleep(for: .milliseconds(1))
            inTime = start.duration(to: .now) < .milliseconds(20) ? inTime + 1 : 0
        }
    }
}
