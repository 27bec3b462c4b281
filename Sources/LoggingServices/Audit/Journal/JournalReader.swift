import CacheServices
import Foundation

/// Reads a writer's journal line by line from a place on. All calls block: they belong on the journal's own thread.
struct JournalReader {
    private let directory: JournalDirectory
    private let writer: WriterID
    private var file: Descriptor?
    private(set) var position: JournalPosition
    private var buffer: [UInt8] = []
    private var start = 0
    /// Lines that could not be read; only the last one of a file may be torn by a crash.
    private(set) var damagedLines = 0

    private static let chunk = 256 * 1024
    /// No line of ours is longer; what is, is damage.
    private static let longestLine = 1024 * 1024

    init(_ directory: JournalDirectory, writer: WriterID, from position: JournalPosition? = nil) {
        self.directory = directory
        self.writer = writer
        self.position = position ?? JournalPosition(day: directory.days(of: writer).first ?? "", offset: 0)
    }

    /// The next line that can be read; `nil` at the end of what is written.
    mutating func next() throws(JournalError) -> JournalLine? {
        while let line = try nextLine() {
            if let read = JournalLine(line) { return read }
            damagedLines += 1
        }
        return nil
    }

    private mutating func nextLine() throws(JournalError) -> [UInt8]? {
        while true {
            if let end = buffer[start...].firstIndex(of: 0x0a) {
                let line = Array(buffer[start..<end])
                position.offset += Int64(end + 1 - start)
                start = end + 1
                return line
            }
            buffer.removeFirst(start)
            start = 0
            if buffer.count > Self.longestLine {
                damagedLines += 1
                position.offset += Int64(buffer.count)
                buffer.removeAll()
            }
            guard try fill() else { return nil }
        }
    }

    /// Reads on, in the next day's file when this one is at its end; false when there is nothing more.
    private mutating func fill() throws(JournalError) -> Bool {
        while true {
            if file == nil {
                guard !position.day.isEmpty else { return false }
                file = try Descriptor(directory.dayPath(writer, position.day), flags: O_RDONLY, operation: "open the journal")
            }
            let bytes = try file?.read(at: position.offset + Int64(buffer.count), limit: Self.chunk) ?? []
            if !bytes.isEmpty {
                buffer += bytes
                return true
            }
            // Nobody begins a later day today: the directory need not be read each time that the end is reached.
            guard position.day < Timestamp.now.day else { return false }
            guard let next = directory.days(of: writer).first(where: { $0 > position.day }) else { return false }
            // What is left of the old day has no line feed: a crash tore it.
            if !buffer.isEmpty { damagedLines += 1 }
            buffer.removeAll()
            file = nil
            position = JournalPosition(day: next, offset: 0)
        }
    }
}
