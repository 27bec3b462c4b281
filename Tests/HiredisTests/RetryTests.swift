@testable import Hiredis
import Testing

@Suite struct RetryTests {
    private static let never: [RedisError.Code] = [
        .unreachable, .circuitOpen, .overloaded, .shutDown, .cancelled, .unexpectedReply, .configuration,
    ]

    @Test(arguments: never, [RedisError.Outcome.notSent, .rejected, .unknown])
    func `repeats nothing that another attempt cannot help`(code: RedisError.Code, outcome: RedisError.Outcome) {
        let error = RedisError(code, outcome, "")
        #expect(!Retry.isAllowed(error, access: .read))
        #expect(!Retry.isAllowed(error, access: .write))
    }

    @Test(arguments: [RedisError.Code.connectionClosed, .protocolViolation, .deadlineExceeded, .server])
    func `repeats what never left, and only reads of what is unknown`(code: RedisError.Code) {
        for access in [RedisCommand.Access.read, .write] {
            #expect(Retry.isAllowed(RedisError(code, .notSent, ""), access: access))
            #expect(Retry.isAllowed(RedisError(code, .unknown, ""), access: access) == (access == .read))
        }
    }

    @Test(arguments: [
        ("LOADING", true), ("BUSY", true), ("MASTERDOWN", true), ("TRYAGAIN", true), ("CLUSTERDOWN", true), ("READONLY", false),
        ("OOM", false), ("MISCONF", false), ("NOAUTH", false), ("NOPERM", false), ("WRONGTYPE", false), ("NOSCRIPT", false), ("ERR", false),
    ])
    func `repeats a rejected command only where Redis says later`(text: String, isAllowed: Bool) {
        for access in [RedisCommand.Access.read, .write] {
            #expect(Retry.isAllowed(RedisError(RedisServerError(text)), access: access) == isAllowed)
        }
    }
}
