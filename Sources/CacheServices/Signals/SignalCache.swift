/// The signals that trading processes share: the latest one, and up to 100 of each symbol (Seed: SignalCache).
///
/// Every method is one atomic step and one round trip unless it says otherwise. Values last for an hour after the last write.
public struct SignalCache: Sendable {
    /// What stores the signals.
    public let client: any ICacheClient
    private let trace: CacheTrace?

    public init(_ client: any ICacheClient) {
        self.init(client, trace: nil)
    }

    private init(_ client: any ICacheClient, trace: CacheTrace?) {
        self.client = client
        self.trace = trace
    }

    /// The same cache, noting in `trace` where its answers come from.
    public func traced(by trace: CacheTrace) -> SignalCache { SignalCache(client, trace: trace) }

    /// Makes a signal the latest one, unless a newer one is there: ordered by time, then by signal_id.
    ///
    /// - Throws: ``CacheError``; `futureTimestamp` when it lies more than five minutes ahead of the backend's clock.
    @discardableResult
    public func setLatest(_ signal: Signal) async throws(CacheError) -> PublishResult { try await publish(signal, to: .latest) }

    /// Puts a signal at the front of a symbol's history; the same bytes are kept once.
    ///
    /// - Throws: ``CacheError``; `invalidArgument` when the signal is of another symbol.
    @discardableResult
    public func addToHistory(_ symbol: Symbol, _ signal: Signal) async throws(CacheError) -> PublishResult {
        guard symbol == signal.symbol else {
            throw CacheError(.invalidArgument, "The signal is of another symbol than the history; nothing was written.")
        }
        return try await publish(signal, to: .history)
    }

    /// Both in one step: the latest, the history, the index of symbols and the change event.
    @discardableResult
    public func publish(_ signal: Signal, to target: PublishTarget = .latestAndHistory) async throws(CacheError) -> PublishResult {
        let answer = try await client.perform(.publish(signal, to: target))
        trace?.note(answer.source)
        var result = answer.value
        result.stored = answer.source.backend
        return result
    }

    /// The latest signal of all symbols; `nil` when there is none.
    ///
    /// - Throws: ``CacheError``; `dataConflict` when what is stored there is no signal, or lies more than five minutes ahead of this
    ///   machine's clock; the next publish replaces it.
    public func getLatest() async throws(CacheError) -> Signal? {
        guard let bytes = try await perform(.get(KeySchema.signalLatest, lifetime: CacheRules.signalLifetime)) else { return nil }
        let signal = try Self.decode(bytes, KeySchema.signalLatest)
        guard signal.timestamp <= .now + Signal.maximumFutureSkew else {
            let told = "The signal that is stored there lies in the future; the next publish replaces it."
            throw CacheError(.dataConflict, told, key: KeySchema.signalLatest)
        }
        return signal
    }

    /// The stored bytes of the latest signal, canonical JSON, not decoded; `nil` when there is none.
    public func latestBytes() async throws(CacheError) -> [UInt8]? {
        try await perform(.get(KeySchema.signalLatest, lifetime: CacheRules.signalLifetime))
    }

    /// A symbol's signals, last arrived first.
    ///
    /// - Parameter limit: 1…100.
    public func getHistory(_ symbol: Symbol, limit: Int = 50) async throws(CacheError) -> [Signal] {
        guard (1...CacheRules.historyLength).contains(limit) else {
            throw CacheError(.invalidArgument, "A history is read 1 to \(CacheRules.historyLength) signals at a time.")
        }
        return try await history(symbol, limit: limit)
    }

    /// A symbol's signals with `start` ≤ timestamp ≤ `end`, last arrived first.
    public func getSignalsInRange(
        _ symbol: Symbol, from start: Timestamp, to end: Timestamp
    ) async throws(CacheError) -> [Signal] {
        guard start <= end else { throw CacheError(.invalidArgument, "A range ends before it starts.") }
        return try await history(symbol).filter { (start...end).contains($0.timestamp) }
    }

    /// Counts, mean confidence and models of a symbol's history.
    public func getSignalStats(_ symbol: Symbol) async throws(CacheError) -> SignalStats {
        SignalStats(try await history(symbol))
    }

    /// Symbols that have a history, sorted.
    public func getSymbolsWithHistory() async throws(CacheError) -> [Symbol] { try await getLatestOfEachSymbol().map(\.symbol) }

    /// The signal with the greatest timestamp of each symbol that has a history. An unreadable one is noted and left out.
    public func getLatestBySymbol() async throws(CacheError) -> [Symbol: Signal] {
        try await getLatestOfEachSymbol().reduce(into: [:]) { latest, item in latest[item.symbol] = item.signal }
    }

    /// Both of the above at one moment: each symbol that has a history, sorted, with its newest signal; `nil` where that is
    /// unreadable, which is noted.
    public func getLatestOfEachSymbol() async throws(CacheError) -> [(symbol: Symbol, signal: Signal?)] {
        try await perform(.latestBySymbol).sorted { $0.symbol < $1.symbol }.map { item in
            let signal = item.bytes.flatMap { try? Signal(stored: $0) }
            if signal == nil { trace?.note(unreadable: KeySchema.signalHistory(item.symbol)) }
            return (item.symbol, signal)
        }
    }

    /// Removes a symbol's history; answers whether there was one. The latest signal stays.
    @discardableResult
    public func clearHistory(_ symbol: Symbol) async throws(CacheError) -> Bool { try await perform(.clearHistory(symbol)) > 0 }

    /// Removes the latest signal and all histories; answers how many keys. One atomic step, after a scan for histories that other
    /// programs wrote and no index knows.
    @discardableResult
    public func clearAll() async throws(CacheError) -> Int {
        let found = try await client.keys(KeySchema.signalHistoryPrefix + "*")
        return try await perform(.clearSignals(found + [KeySchema.signalLatest]))
    }

    /// The readable entries of a history. Unreadable ones are noted and passed by, unless there is nothing else.
    private func history(_ symbol: Symbol, limit: Int = CacheRules.historyLength) async throws(CacheError) -> [Signal] {
        let key = KeySchema.signalHistory(symbol)
        let isWhole = limit == CacheRules.historyLength
        let elements = try await perform(.range(key, 0, limit - 1, lifetime: isWhole ? CacheRules.signalLifetime : nil))
        let signals = elements.compactMap { try? Signal(stored: $0) }
        if signals.count < elements.count {
            guard !signals.isEmpty else { throw Self.unreadable(key) }
            trace?.note(unreadable: key)
        }
        return signals
    }

    private func perform<Outcome>(_ step: CacheStep<Outcome>) async throws(CacheError) -> Outcome {
        let answer = try await client.perform(step)
        trace?.note(answer.source)
        return answer.value
    }

    private static func decode(_ bytes: [UInt8], _ key: String) throws(CacheError) -> Signal {
        guard let signal = try? Signal(stored: bytes) else { throw unreadable(key) }
        return signal
    }

    private static func unreadable(_ key: String) -> CacheError {
        CacheError(.dataConflict, "What is stored there is no signal; it was left as it is.", key: key)
    }
}
