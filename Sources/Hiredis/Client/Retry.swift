/// Decides which failed commands may be sent again.
enum Retry {
    static func isAllowed(_ error: RedisError, access: RedisCommand.Access) -> Bool {
        switch (error.code, error.outcome) {
        case (.connectionClosed, .notSent), (.protocolViolation, .notSent), (.deadlineExceeded, .notSent): true
        case (.connectionClosed, .unknown), (.protocolViolation, .unknown): access == .read
        case (.deadlineExceeded, .unknown): access == .read
        // The connection was refused, not the command.
        case (.server, .notSent): true
        case (.server, .unknown): access == .read
        case (.server, .rejected): error.server?.saysTryLater == true
        default: false
        }
    }
}
