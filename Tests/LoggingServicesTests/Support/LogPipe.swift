import Foundation

/// A pipe whose reader is the test: it reads when it wants to, or not at all.
final class LogPipe: Sendable {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Reads until a text has come, and the line that it stands in is whole.
    func read(until text: String) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        // A chunk is looked at as a whole, with the end of the one before: the text may stand anywhere in it.
        var (looked, isFound) = (0, false)
        while true {
            isFound = isFound || String(decoding: bytes[looked...], as: UTF8.self).contains(text)
            if isFound, bytes.last == UInt8(ascii: "\n") { break }
            looked = max(0, bytes.count - text.utf8.count)
            let count = Foundation.read(reading, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
