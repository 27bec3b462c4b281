/// One row while it is written: its memory is kept for the next one, so that a field costs no allocation.
struct CSVRow {
    private var memory: [UInt8] = []
    private(set) var count = 0

    /// The bytes so far.
    var bytes: ArraySlice<UInt8> { memory[..<count] }

    /// Takes back everything behind a place.
    mutating func shorten(to count: Int) { self.count = min(count, self.count) }

    /// Begins a row with room for a number of bytes.
    mutating func begin(room: Int) {
        count = 0
        if memory.count < room { memory = [UInt8](repeating: 0, count: max(room, 4096)) }
    }

    mutating func add(_ byte: UInt8) {
        makeRoom(for: 1)
        memory[count] = byte
        count += 1
    }

    /// Adds bytes as they are.
    mutating func add(_ bytes: [UInt8]) {
        makeRoom(for: bytes.count)
        memory.replaceSubrange(count..<(count + bytes.count), with: bytes)
        count += bytes.count
    }

    /// Adds a number in decimal.
    mutating func add(digitsOf number: UInt64) {
        var power: UInt64 = 1
        while number / power >= 10 { power *= 10 }
        var rest = number
        while power > 0 {
            add(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / power))
            rest %= power
            power /= 10
        }
    }

    /// Adds a text as a field in quotes.
    ///
    /// - Parameter isEscaped: the text is the inside of a JSON string.
    /// - Returns: false, and nothing is added, when the text has an escape that only a parser undoes.
    @discardableResult
    mutating func add(cell text: UnsafeBufferPointer<UInt8>, isEscaped: Bool) -> Bool {
        makeRoom(for: CSVCell.room(for: text.count))
        let start = count
        let written = memory.withUnsafeMutableBufferPointer { memory in
            memory.baseAddress.flatMap { CSVCell.write(text, isEscaped: isEscaped, to: $0 + start) }
        }
        count += written ?? 0
        return written != nil
    }

    private mutating func makeRoom(for more: Int) {
        guard memory.count - count < more else { return }
        memory.append(contentsOf: [UInt8](repeating: 0, count: max(more, memory.count)))
    }
}
