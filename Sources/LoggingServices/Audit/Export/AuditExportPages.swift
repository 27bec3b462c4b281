import CacheServices

/// The entries of the stream page by page, from the oldest to what was the newest at the start, with proof that none was trimmed between.
///
/// Every page begins with the last entry of the page before: where that is still there, nothing behind it has been trimmed, because trimming
/// takes the oldest first. Where it is gone, the counts of the stream tell whether entries that were to come went with it.
struct AuditExportPages: Sendable {
    static let size = 500

    private let stream: any EventStream
    private let first: StreamID?
    /// The same stream over a connection of its own, from the first page on.
    private var own: (any EventStream)?
    private var last: StreamID?
    private var end = StreamID.zero
    /// Which entry ever added the first one was: the first ever is 1. `nil` when the server does not say.
    private var firstNumber: Int?
    private var maxDeletedID = StreamID.zero
    private var hasEnded = false

    /// Entries behind.
    private(set) var scanned = 0
    /// Entries that there were to go through at the start.
    private(set) var total: Int

    /// - Parameters:
    ///   - first: where to begin; `nil` for the oldest entry.
    ///   - total: how many there are from there on, where that is known.
    init(_ stream: any EventStream, from first: StreamID?, total: Int?) {
        self.stream = stream
        self.first = first
        self.total = total ?? 0
    }

    /// The next page; `nil` at the end.
    ///
    /// - Throws: ``AuditError``: `incomplete` when entries were trimmed that were to come.
    mutating func next() async throws(AuditError) -> [StreamEntry]? {
        guard !hasEnded else { return nil }
        let page = try await last == nil ? begin() : goOn()
        hasEnded = page.last.map { $0.id >= end } ?? true
        if let newest = page.last?.id { last = newest }
        let wanted = page.prefix { $0.id <= end }
        scanned += wanted.count
        total = max(total, scanned)
        return wanted.isEmpty ? nil : Array(wanted)
    }

    private mutating func begin() async throws(AuditError) -> [StreamEntry] {
        do throws(CacheError) {
            let own = try await stream.dedicated()
            self.own = own
            let page = try await own.entries(after: (first ?? .zero).previous, limit: Self.size)
            let info = try await own.info()
            end = info.lastID
            maxDeletedID = info.maxDeletedID
            if first == nil { total = info.length }
            firstNumber = Self.number(ofFirst: page, info)
            return page
        } catch {
            throw AuditError(reading: error)
        }
    }

    private mutating func goOn() async throws(AuditError) -> [StreamEntry] {
        guard let own, let last else { return [] }
        do throws(CacheError) {
            let page = try await own.entries(after: last.previous, limit: Self.size + 1)
            if page.first?.id == last { return Array(page.dropFirst()) }
            let info = try await own.info()
            let number = info.maxDeletedID == maxDeletedID ? Self.number(ofFirst: page, info) : nil
            let missing = number.flatMap { number in firstNumber.map { number - $0 - scanned } }
            guard missing != 0 else { return page }
            throw CacheError(.contention, Self.hole(missing))
        } catch {
            if error.code == .contention { throw AuditError(.incomplete, error.message) }
            throw AuditError(reading: error)
        }
    }

    private static func hole(_ missing: Int?) -> String {
        "The export is not complete: \(missing.map { "\($0)" } ?? "an unknown number of") events were trimmed while they were to be read."
    }

    /// Which entry ever added the first of a page is, if the page begins where the stream began when the page was read.
    private static func number(ofFirst page: [StreamEntry], _ info: StreamInfo) -> Int? {
        // Whatever was trimmed between the page and the counts stands at the front of the page.
        guard let added = info.entriesAdded, let oldest = info.firstID, let place = page.firstIndex(where: { $0.id == oldest }) else {
            return nil
        }
        return added - info.length + 1 - place
    }
}
