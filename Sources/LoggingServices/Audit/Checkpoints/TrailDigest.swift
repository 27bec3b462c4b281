import CacheServices
import Crypto

/// SHA-256 over `<stream id> <hash>` and a line feed for each event.
struct TrailDigest {
    private var hash = SHA256()

    mutating func add(_ id: StreamID, _ event: ChainHash) {
        var line = Array("\(id) ".utf8)
        line.append(contentsOf: event.hex)
        line.append(0x0a)
        line.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    func finish() -> ChainHash { ChainHash(hash.finalize()) }
}
