import NIOCore

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
        hub.count { $0.sent += messages.count { $0.topic != nil } }
    }

    /// The last word, for a client that is still there.
    func finish(_ end: StreamSubscriber.End, _ subscriber: StreamSubscriber, _ write: Write) async throws {
        guard end != .gone else { throw CancellationError() }
        let limit = subscriber.closeConnection(in: Self.grace)
        defer { limit.cancel() }
        try await write(StreamMessage.bye(end.rawValue).bytes)
        try await subscriber.halfClosure(isAllowed: true)
    }
}
