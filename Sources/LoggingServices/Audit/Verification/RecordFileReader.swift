import CacheServices
import Foundation

/// Reads files of records piece by piece; blocks on the disk.
struct RecordFileReader {
    private static let chunk = 1 << 20

    let key: AuditSigningKey?
    let progress: AuditVerifier.Progress

    /// - Throws: ``AuditError`` with `file` or `invalid`.
    func read(_ files: [URL]) throws -> TrailEvidence {
        var evidence = TrailEvidence()
        var done = 0
        let total = files.reduce(0) { $0 + ((try? $1.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0) }
        for file in files { try read(file, into: &evidence, &done, total) }
        if let first = evidence.entries.lazy.compactMap(\.id).first, let last = evidence.entries.lazy.reversed().compactMap(\.id).first,
            last < first
        {
            evidence.reverse()
        }
        return evidence
    }

    private func read(_ file: URL, into evidence: inout TrailEvidence, _ done: inout Int, _ total: Int) throws {
        guard let handle = try? FileHandle(forReadingFrom: file) else { throw AuditError(.file, "The file cannot be read.") }
        defer { try? handle.close() }
        var bytes = Array(try handle.read(upToCount: Self.chunk) ?? Data())
        guard let splitter = try Self.splitter(for: bytes) else { return }
        var (reading, endsWithLine) = (splitter, false)
        // Of a piece that cannot be read only its line is kept, and of the last one whether it may be torn.
        var tornLine: Int?
        while !bytes.isEmpty {
            reading.add(bytes) { piece in
                if !take(piece, &evidence) { evidence.addUnreadable(line: piece.line) }
            }
            done += bytes.count
            progress(done, max(done, total))
            endsWithLine = bytes.last == 0x0a
            bytes = Array(try handle.read(upToCount: Self.chunk) ?? Data())
        }
        reading.finish { piece in
            guard !take(piece, &evidence) else { return }
            if endsWithLine { evidence.addUnreadable(line: piece.line) } else { tornLine = piece.line }
        }
        guard let tornLine else { return }
        // The writer of a journal may be at it, or have died at it: what it did not finish was not acknowledged.
        if evidence.entries.last.map({ $0.id == nil }) ?? false {
            evidence.notes.append("The last line of \(file.lastPathComponent) is incomplete.")
        } else {
            evidence.addUnreadable(line: tornLine)
        }
    }

    private func take(_ piece: RecordSplitter.Piece, _ evidence: inout TrailEvidence) -> Bool {
        guard piece.bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0d }) else { return true }
        if let record = AuditRecord(line: piece.bytes) {
            evidence.add(record, line: piece.line, key: key)
            return true
        }
        guard let value = try? JSONParser.parse(piece.bytes) else { return false }
        return value["journal"] != nil
    }

    /// Tells the format by its beginning; `nil` for an empty file.
    private static func splitter(for beginning: [UInt8]) throws -> RecordSplitter? {
        guard let first = beginning.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) else { return nil }
        if first == UInt8(ascii: "[") { return RecordSplitter(isByLine: false) }
        let line = beginning.prefix { $0 != 0x0a }
        guard first == UInt8(ascii: "{") else {
            guard line.contains(UInt8(ascii: ",")), !line.contains(UInt8(ascii: "{")) else { return RecordSplitter(isByLine: true) }
            throw AuditError(.invalid, "CSV proves single entries only, and only against the trail; verify a JSON or NDJSON export.")
        }
        // A first line that ends within its object, or right after a brace, is formatted anew.
        let isWhole = line.last { ![0x20, 0x09, 0x0d].contains($0) } == UInt8(ascii: "}")
        let isByLine = isWhole || (try? JSONParser.parse(Array(line))) != nil || line.count > 32
        return RecordSplitter(isByLine: isByLine)
    }
}
