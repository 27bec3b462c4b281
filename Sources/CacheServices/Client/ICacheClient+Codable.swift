import Foundation

extension ICacheClient {
    /// Reads a value through `JSONDecoder`; `nil` when there is none.
    ///
    /// - Throws: ``CacheError``; `dataConflict` when the bytes are no such value.
    public func get<Value: Decodable>(_ key: String, as type: Value.Type) async throws(CacheError) -> Value? {
        guard let bytes = try await get(key) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw CacheError(.dataConflict, "The stored value is not what was expected; it was left as it is.", key: key)
        }
    }

    /// Stores a value through `JSONEncoder` with sorted keys.
    ///
    /// - Throws: ``CacheError``; `invalidArgument` when the value cannot be encoded.
    public func set(_ key: String, encoding value: some Encodable, expiry: Expiry = .standard) async throws(CacheError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data: Data
        do {
            data = try encoder.encode(value)
        } catch {
            throw CacheError(.invalidArgument, "The value cannot be written as JSON; nothing was stored.", key: key)
        }
        try await set(key, Array(data), expiry: expiry)
    }
}
