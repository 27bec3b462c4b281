/// What a cache client answered, and where it came from.
public struct CacheAnswer<Value: Sendable>: Sendable {
    public let value: Value
    public let source: CacheSource

    public init(_ value: Value, from source: CacheSource) {
        self.value = value
        self.source = source
    }
}
