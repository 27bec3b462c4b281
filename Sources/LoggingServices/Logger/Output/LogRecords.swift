/// Where records begin and end in bytes: at a line break that no space follows, for only the further lines of a pretty record begin
/// with spaces.
enum LogRecords {
    /// The end of the last record that ends within the first `limit` bytes; 0 when none does.
    static func lastEnd(in bytes: UnsafeRawBufferPointer, within limit: Int) -> Int {
        var index = max(0, min(limit, bytes.count))
        while index > 0, !isEnd(index, of: bytes) { index -= 1 }
        return index
    }

    /// The end of the first record.
    static func firstEnd(in bytes: UnsafeRawBufferPointer) -> Int {
        var index = 1
        while index < bytes.count, !isEnd(index, of: bytes) { index += 1 }
        return min(index, bytes.count)
    }

    /// How many records end here.
    static func count(in bytes: UnsafeRawBufferPointer) -> Int {
        bytes.isEmpty ? 0 : (1...bytes.count).reduce(0) { $0 + (isEnd($1, of: bytes) ? 1 : 0) }
    }

    private static func isEnd(_ index: Int, of bytes: UnsafeRawBufferPointer) -> Bool {
        bytes[index - 1] == UInt8(ascii: "\n") && (index == bytes.count || bytes[index] != UInt8(ascii: " "))
    }
}
