import CacheServices
import DequeModule
import Synchronization

/// The local copy of the stream, and the names of its series.
final class LatencyMirror: Sendable {
    private struct Copy: Sendable {
        let mirror: StreamMirror<LatencySample>
        let names: SeriesNames
    }

    private let stream: any EventStream
    private let maximumLength: Int
    private let current: Mutex<Copy>

    /// Names beyond those that can be in the stream at once, from which on the copy is made anew: other programs may write any number.
    private static let spareNames = 10_000

    init(_ stream: any EventStream, maximumLength: Int) {
        self.stream = stream
        self.maximumLength = maximumLength
        current = Mutex(Self.copy(of: stream, maximumLength))
    }

    private static func copy(of stream: any EventStream, _ maximumLength: Int) -> Copy {
        let names = SeriesNames()
        return Copy(mirror: StreamMirror(stream, maximumLength: maximumLength) { LatencySample($0, names) }, names: names)
    }

    /// Brings the copy up to date and reads it where it is.
    func read<Value: Sendable>(
        at now: @escaping @Sendable () -> Timestamp, _ body: @escaping @Sendable (LatencyView) -> Value
    ) async throws(CacheError) -> Value {
        let maximumLength = maximumLength
        let copy = current.withLock { current in
            if current.names.count > maximumLength + Self.spareNames { current = Self.copy(of: stream, maximumLength) }
            return current
        }
        do throws(CacheError) {
            try await copy.mirror.sync()
        } catch {
            throw CacheError(error.code, error.message, key: KeySchema.latencyMeasurements, underlying: error.underlying)
        }
        return await copy.mirror.read { elements in
            body(LatencyView(elements: elements, names: copy.names.all, isTrimmed: elements.count >= maximumLength, now: now()))
        }
    }
}
