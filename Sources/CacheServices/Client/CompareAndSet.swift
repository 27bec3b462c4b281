/// The loop around a compare-and-set: tries again while other writers come between, with growing jittered pauses.
enum CompareAndSet {
    static let patience = Duration.seconds(2)

    /// - Parameter attempt: one read and one compare-and-set; `nil` when another writer came between.
    static func run<Value>(_ key: String, _ attempt: () async throws(CacheError) -> Value?) async throws(CacheError) -> Value {
        let deadline = ContinuousClock.now + patience
        var attempts = 0
        repeat {
            if let value = try await attempt() { return value }
            attempts += 1
            let longest = min(1 << min(attempts, 6), 50)
            do {
                try await Task.sleep(for: .milliseconds(Double.random(in: 0...1) * Double(longest)))
            } catch {
                throw CacheError(.cancelled, "The task was cancelled; nothing was written.", key: key)
            }
        } while ContinuousClock.now < deadline
        throw CacheError(.contention, "Other writers kept changing the value; nothing was written.", key: key)
    }
}
