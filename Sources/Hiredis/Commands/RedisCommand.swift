import NIOCore

/// One command, encoded once and sent as often as its retries need.
public struct RedisCommand: Sendable {
    /// Whether sending it twice can do harm.
    public enum Access: Sendable {
        /// Changes nothing: retried by the client after a lost connection.
        case read
        /// May change something: sent again only when it certainly never left this process.
        case write
    }

    let encoded: [UInt8]
    let label: RedisCommandLabel
    let access: Access
    /// How long the server itself may hold the answer back (`BLOCK`), on top of the time-out.
    let blocking: TimeAmount

    /// - Parameters:
    ///   - name: the command, e.g. `GET`; a container command's subcommand goes into `arguments`.
    ///   - access: `.read` makes the command retryable.
    ///   - blocking: the longest time that the server waits before it answers; such commands belong on a connection of their own.
    public init(_ name: String, _ arguments: [RedisArgument] = [], access: Access = .write, blocking: Duration = .zero) {
        self.init(RedisCommandLabel(command: name), arguments, access: access, blocking: blocking)
    }

    init(_ label: RedisCommandLabel, _ arguments: [RedisArgument], access: Access, blocking: Duration = .zero) {
        self.encoded = HiredisCodec.encode(label.command, arguments) ?? []
        self.label = label
        self.access = access
        self.blocking = TimeAmount(blocking)
    }
}
