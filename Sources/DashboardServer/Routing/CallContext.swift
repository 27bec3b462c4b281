import Hummingbird
import Logging
import NIOCore

/// What the server knows about a connection when a request arrives on it.
struct CallContext: InitializableFromSource {
    let channel: any Channel
    let logger: Logger

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        logger = source.logger
    }

    /// A logger that says the id of a request with every line. Hummingbird's own number for it, which nobody else knows, gives way.
    func logger(requestID id: String) -> Logger {
        var logger = logger
        logger[metadataKey: "hb.request.id"] = nil
        logger[metadataKey: "request_id"] = .string(id)
        return logger
    }
}
