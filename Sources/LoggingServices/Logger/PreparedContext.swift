import Synchronization

/// A logger's context as JSON, made when the first record needs it: loggers of requests often say nothing, others say much.
final class PreparedContext: Sendable {
    private final class Bytes: Sendable {
        let bytes: [UInt8]

        init(_ bytes: [UInt8]) { self.bytes = bytes }
    }

    private let made = AtomicLazyReference<Bytes>()

    /// The bytes; made by `make` unless they are there.
    func bytes(_ make: () -> [UInt8]) -> [UInt8] {
        if let made = made.load() { return made.bytes }
        return made.storeIfNil(Bytes(make())).bytes
    }
}
