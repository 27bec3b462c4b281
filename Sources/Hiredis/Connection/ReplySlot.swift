import NIOCore

/// The place in the queue of replies that one sent command holds.
///
/// A slot outlives its caller: after a cancellation or a passed deadline it stays, without a caller, to swallow the late reply.
struct ReplySlot {
    typealias Caller = UnsafeContinuation<Result<RedisReply, RedisError>, Never>

    /// Tells slots apart; not ordered.
    let token: UInt64
    /// Who waits; `nil` once resumed.
    var caller: Caller?
    /// When the caller stops waiting.
    let deadline: NIODeadline
    /// When the silence of the server, seen from this command, condemns the connection.
    let stall: NIODeadline
}
