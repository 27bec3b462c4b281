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

    /// Whether the caller is on this machine, as far as the address of the connection says.
    var isLoopback: Bool { channel.remoteAddress?.isLoopback ?? false }
}
