import Crypto

/// A SHA-256 value, written as 64 lowercase hexadecimal digits.
public struct ChainHash: Sendable, Hashable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// 64 zeros: what stands before a writer's first event.
    public static let zero = ChainHash((0, 0, 0, 0))

    private init(_ words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    init(_ digest: SHA256.Digest) {
        self = digest.withUnsafeBytes { bytes in
            func word(_ index: Int) -> UInt64 { UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)) }
            return ChainHash((word(0), word(1), word(2), word(3)))
        }
    }

    /// Reads exactly 64 lowercase hexadecimal digits; `nil` for anything else.
    public init?(hex: some Collection<UInt8>) {
        guard hex.count == 64 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, digit) in hex.enumerated() {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x61 + 10
            default: return nil
            }
            words[index / 16] = words[index / 16] << 4 | UInt64(value)
        }
        self.init((words[0], words[1], words[2], words[3]))
    }

    /// Reads exactly 64 lowercase hexadecimal digits; `nil` for anything else.
    public init?(_ text: String) { self.init(hex: Array(text.utf8)) }

    /// The first 16 digits as a number: what a checkpoint keeps of each event.
    package var tag: UInt64 { words.0 }

    /// The 64 digits as bytes.
    public var hex: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            var place = 0
            for word in [words.0, words.1, words.2, words.3] {
                for shift in stride(from: 60, through: 0, by: -4) {
                    let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 0x0f
                    buffer[place] = digit < 10 ? 0x30 + digit : 0x61 + digit - 10
                    place += 1
                }
            }
            count = place
        }
    }

    public static func == (left: ChainHash, right: ChainHash) -> Bool { left.words == right.words }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.3)
    }
}

extension ChainHash: CustomStringConvertible {
    public var description: String { String(decoding: hex, as: UTF8.self) }
}

extension ChainHash {
    /// The hash of an event: SHA-256 over the hash before, the writer, the sequence and the exact bytes of the entry, joined by line feeds.
    ///
    ///     printf '%s\n%s\n%s\n%s' "$prev" "$writer" "$seq" "$entry" | sha256sum
    public static func of(previous: ChainHash, writer: WriterID, sequence: Int, entry: [UInt8]) -> ChainHash {
        var head = previous.hex
        head.reserveCapacity(64 + writer.rawValue.utf8.count + 24)
        head.append(0x0a)
        head.append(contentsOf: writer.rawValue.utf8)
        head.append(0x0a)
        head.append(contentsOf: String(sequence).utf8)
        head.append(0x0a)
        var hash = SHA256()
        head.withUnsafeBytes { hash.update(bufferPointer: $0) }
        entry.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return ChainHash(hash.finalize())
    }

    /// SHA-256 of bytes: fingerprints of requests, digests of checkpoints.
    package static func of(_ bytes: [UInt8]) -> ChainHash {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return ChainHash(hash.finalize())
    }
}
