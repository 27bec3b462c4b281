import CacheServices
import LoggingServices
import Synchronization

/// Sends the events of a stream of JSON objects into the trail, in order and many at a time, and writes their receipts.
struct AuditWriter: Sendable {
    /// Events that are under way at once.
    static let window = 64

    let type: AuditEventType
    let user: String?
    let metadata: JSONValue?
    let isJSON: Bool

    /// Works until the input ends, a signal comes, or an event cannot be recorded; what was sent before is answered in any case.
    ///
    /// - Throws: ``CommandFailure``: 65 after bad lines, 69 when an event was not recorded.
    func run(_ input: InputFile, into audit: AuditLogger) async throws -> Ending<Void> {
        let flight = Flight()
        async let answering: Void = answer(flight)
        let ending: Ending<Void>
        do {
            ending = try await withInterruption { try await send(input, into: audit, flight) }
        } catch {
            flight.end()
            await answering
            throw error
        }
        flight.end()
        await answering
        let outcome = flight.outcome
        if let failure = outcome.failure { throw failure }
        if outcome.faults > 0 { throw CommandFailure(.badData, "not recorded: \(outcome.faults)") }
        return ending
    }

    /// Reads and sends; each event takes its place in the trail's lane before the next one is looked at.
    private func send(_ input: InputFile, into audit: AuditLogger, _ flight: Flight) async throws {
        var splitter = JSONObjectSplitter()
        while !flight.hasFailed {
            let chunk = try await input.chunk()
            for item in chunk.isEmpty ? splitter.finish() : splitter.feed(chunk) where !flight.hasFailed {
                do {
                    let event = try AuditEvent(type: type, data: item.value.get(), metadata: metadata, userID: user)
                    await flight.enter()
                    flight.add(item.line, audit.post(event))
                } catch {
                    flight.note(item.line, "\(error)")
                }
            }
            if chunk.isEmpty { return }
        }
    }

    /// Writes receipts in the order of the events.
    private func answer(_ flight: Flight) async {
        var isRead = true
        for await (line, pending) in flight.events {
            do throws(AuditError) {
                let receipt = try await pending.receipt()
                do throws(CommandFailure) {
                    if isRead { try show(receipt) }
                } catch  where error.status == .ok {
                    // Nobody reads the receipts any more; the events are recorded all the same.
                    isRead = false
                } catch {
                    flight.fail(error)
                }
            } catch {
                flight.note(line, error.message)
                switch error.code {
                // Its contents are to blame, and the next may be recorded.
                case .invalid, .tooLarge: break
                default: flight.fail(CommandFailure(error) ?? CommandFailure(.unavailable, nil))
                }
            }
            flight.leave()
        }
    }

    /// Writes one receipt.
    func show(_ receipt: AuditReceipt) throws(CommandFailure) {
        let console = Console()
        try console.write(isJSON ? JSONWriter.bytes(receipt.jsonValue) + [UInt8(ascii: "\n")] : Array(receipt.line(console.style).utf8))
    }
}

extension AuditWriter {
    /// The events under way, and what came of them so far.
    private final class Flight: Sendable {
        struct Outcome {
            /// Events that were not recorded.
            var faults = 0
            /// Why it ends early.
            var failure: CommandFailure?
        }

        private static let listed = 50

        let events: AsyncStream<(Int, PendingReceipt)>
        private let continuation: AsyncStream<(Int, PendingReceipt)>.Continuation
        private let window = FlightWindow(AuditWriter.window)
        private let state = Mutex(Outcome())

        init() { (events, continuation) = AsyncStream.makeStream() }

        var outcome: Outcome { state.withLock { $0 } }
        var hasFailed: Bool { state.withLock { $0.failure != nil } }

        func enter() async { await window.enter() }
        func leave() { window.leave() }
        func add(_ line: Int, _ receipt: PendingReceipt) { continuation.yield((line, receipt)) }
        func end() { continuation.finish() }

        /// Names a line that was not recorded; many are only counted.
        func note(_ line: Int, _ reason: String) {
            let count = state.withLock { state in
                state.faults += 1
                return state.faults
            }
            if count <= Self.listed { Console().note("usdcop: line \(line): \(reason)") }
        }

        /// Ends the reading; the first reason counts.
        func fail(_ failure: CommandFailure) {
            state.withLock { $0.failure = $0.failure ?? failure }
        }
    }
}
