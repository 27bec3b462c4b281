import NIOCore
import Synchronization

extension StreamSession {
    /// Writes messages in one piece, and returns when the client takes more.
    func send(_ messages: [StreamMessage], to subscriber: StreamSubscriber, _ write: Write) async throws {
        guard var bytes = messages.first?.bytes else { return }
        if messages.count > 1 {
            bytes = ByteBufferAllocator().buffer(capacity: messages.reduce(0) { $0 + $1.bytes.readableBytes })
            for message in messages { bytes.writeImmutableBuffer(message.bytes) }
        }
        subscriber.isWriting(true)
        defer { subscriber.isWriting(false) }
        try await write(bytes)
        hub.sent.wrappingAdd(messages.count { $0.topic != nil }, ordering: .relaxed)
    }

    /// The last word, for a client that is still there.
    func finish(_ end: StreamSubscriber.End, _ subscriber: StreamSubscriber, _ write: Write) async throws {
        guard end != .gone else { throw CancellationError() }
        subscriber.limitFarewell()
        try await write(StreamMessage.bye(end.rawValue).bytes)
        subscriber.endFarewell()
        try await subscriber.halfClosure(isAllowed: true)
    }
}
