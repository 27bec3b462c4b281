import CacheServices

/// Times that lie too far ahead. The cache that refuses them knows no bodies; the field is named where the body is known.
enum FutureTime {
    /// Takes a step, and says which field is wrong when it is refused for a time.
    static func naming<Value: Sendable>(_ field: String, _ step: () async throws -> Value) async throws -> Value {
        do {
            return try await step()
        } catch let error as CacheError where error.code == .futureTimestamp {
            throw ValidationError(field: field, code: .outOfRange, sentence: "must be at most 5 minutes in the future")
        }
    }
}
