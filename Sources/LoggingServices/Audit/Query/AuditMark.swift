import CacheServices
import Synchronization

/// What the mirror keeps of an event: as much as filters and statistics need.
struct AuditMark: Sendable, Hashable {
    let timestamp: Timestamp
    let symbol: Symbol
    let userID: String?
    let eventType: AuditEventType
}

extension AuditMark {
    /// Reads an entry of the trail; `nil` when it is no record, or holds no entry.
    init?(_ entry: StreamEntry, names: InternedNames) {
        guard AuditRecord(entry) != nil, let bytes = entry["entry"] else { return nil }
        let scan = bytes.withUnsafeBufferPointer { bytes in AuditEntryScan(bytes).flatMap { AuditMark($0, in: bytes, names) } }
        if let scan {
            self = scan
        } else if let entry = try? AuditLogEntry(stored: bytes) {
            self.init(timestamp: entry.timestamp, symbol: entry.symbol, userID: entry.userID, eventType: entry.eventType)
        } else {
            return nil
        }
    }

    /// `nil` when a value has not the plain form in which this program writes it.
    init?(_ scan: AuditEntryScan, in bytes: UnsafeBufferPointer<UInt8>, _ names: InternedNames) {
        guard let type = scan.plainText(.eventType, in: bytes).flatMap(AuditEventType.init),
            let time = scan.plainText(.timestamp, in: bytes).flatMap(Timestamp.init(iso8601:)),
            let symbol = scan.plainText(.symbol, in: bytes).flatMap({ names.symbol($0) }), scan[.action] != nil, scan[.auditID] != nil
        else { return nil }
        var user: String?
        if scan[.userID] != nil {
            guard let text = scan.plainText(.userID, in: bytes) else { return nil }
            user = names.text(text)
        }
        self.init(timestamp: time, symbol: symbol, userID: user, eventType: type)
    }
}

/// Lets equal texts share their storage: thousands of events have a handful of symbols and users.
final class InternedNames: Sendable {
    private struct State {
        var texts: Set<String> = []
        var symbols: [String: Symbol] = [:]
    }

    /// Beyond it the table starts anew; what it gave out stays valid.
    private static let maximumCount = 4096
    private let state = Mutex(State())

    func text(_ text: String) -> String {
        state.withLock { state in
            if state.texts.count >= Self.maximumCount { state.texts.removeAll() }
            return state.texts.insert(text).memberAfterInsert
        }
    }

    /// `nil` for a text that is no symbol.
    func symbol(_ text: String) -> Symbol? {
        state.withLock { state in
            if let symbol = state.symbols[text] { return symbol }
            guard let symbol = try? Symbol(text) else { return nil }
            if state.symbols.count >= Self.maximumCount { state.symbols.removeAll() }
            state.symbols[text] = symbol
            return symbol
        }
    }
}
