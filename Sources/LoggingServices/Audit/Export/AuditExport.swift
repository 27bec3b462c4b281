import CacheServices

/// The trail as a file, in pieces, oldest event first: nothing is read before somebody asks for the next piece, and only a page at a time is
/// in memory.
///
/// It holds what is in the stream when the first piece is asked for. Every page is read over a connection of the export's own. When events
/// are trimmed that were to come, it ends with ``AuditError/Code/incomplete``, which says how many: a file never has a hole that nobody
/// was told of.
public struct AuditExport: AsyncSequence, Sendable {
    /// A piece of the file, and how far the export has come.
    public struct Chunk: Sendable {
        public let bytes: [UInt8]
        /// Entries of the stream that are behind, whether the filter meant them or not.
        public let scanned: Int
        /// Entries of the stream that there were to go through; never less than ``scanned``.
        public let total: Int
        /// Events that are in the file so far.
        public let exported: Int
        /// Entries among those behind that hold no event that can be read. A filter leaves them out; without one they are in the file, with
        /// what can be said of them.
        public let unreadable: Int
    }

    public let format: AuditExportFormat
    let stream: any EventStream
    let filter: AuditFilter
    /// The oldest event that counts; `nil` for all.
    let first: StreamID?
    /// How many entries there are from there on.
    let expected: Int?
    /// The most events.
    let limit: Int?

    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    public struct Iterator: AsyncIteratorProtocol, Sendable {
        private var pages: AuditExportPages
        private var encoder: AuditExportEncoder
        private let filter: AuditFilter
        private let limit: Int?
        private var exported = 0
        private var unreadable = 0
        private var hasBegun = false
        private var hasEnded = false

        init(_ export: AuditExport) {
            pages = AuditExportPages(export.stream, from: export.first, total: export.expected)
            encoder = AuditExportEncoder(export.format)
            filter = export.filter
            limit = export.limit
        }

        /// - Throws: ``AuditError``; what came before is then no whole file.
        public mutating func next() async throws(AuditError) -> Chunk? { try await next(isolation: nil) }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(AuditError) -> Chunk? {
            guard !hasEnded else { return nil }
            var bytes: [UInt8] = []
            if !hasBegun { encoder.begin(&bytes) }
            hasBegun = true
            let page = limit.map { exported < $0 } ?? true ? try await pages.next() : nil
            for stored in page ?? [] where limit.map({ exported < $0 }) ?? true { append(stored, to: &bytes) }
            if page == nil {
                encoder.end(&bytes)
                hasEnded = true
            }
            return Chunk(bytes: bytes, scanned: pages.scanned, total: pages.total, exported: exported, unreadable: unreadable)
        }

        private mutating func append(_ stored: StreamEntry, to bytes: inout [UInt8]) {
            let record = AuditRecord(stored)
            if !filter.isEmpty {
                guard let entry = try? record?.decodedEntry() else {
                    unreadable += 1
                    return
                }
                guard filter.allows(entry) else { return }
            }
            exported += 1
            if !encoder.append(stored, record, to: &bytes) { unreadable += 1 }
        }
    }
}
