/// The place of one stream among those that may be open; given back when the last reference to it goes, whatever became of the answer.
final class StreamSlot: Sendable {
    private let hub: StreamHub

    init(_ hub: StreamHub) { self.hub = hub }

    deinit { hub.release() }
}
