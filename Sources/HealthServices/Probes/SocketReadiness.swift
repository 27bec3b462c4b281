import Dispatch

/// Waits until a socket of somebody else's can be read or written. No thread waits meanwhile.
enum SocketReadiness {
    enum Direction { case reading, writing }

    /// - Throws: `CancellationError`; the socket is looked at no more then.
    static func wait(_ descriptor: Int32, for direction: Direction) async throws {
        guard descriptor >= 0 else { throw CancellationError() }
        let source: any DispatchSourceProtocol =
            switch direction {
            case .reading: DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            case .writing: DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
            }
        let watch = Watch(source: source)
        // It resumes only when the source is gone, so that the descriptor can be closed afterwards.
        try await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                source.setEventHandler { watch.end() }
                source.setCancelHandler { continuation.resume() }
                source.activate()
            }
            try Task.checkCancellation()
        } onCancel: {
            watch.end()
        }
    }

    private static let queue = DispatchQueue(label: "usdcop.probe.sockets")

    // Safe because a dispatch source takes `cancel()` from any thread, and nothing else is called.
    private struct Watch: @unchecked Sendable {
        let source: any DispatchSourceProtocol
        func end() { source.cancel() }
    }
}
