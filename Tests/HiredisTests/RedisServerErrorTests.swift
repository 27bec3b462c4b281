@testable import Hiredis
import Testing

@Suite struct RedisServerErrorTests {
    @Test(
        arguments: [
            ("LOADING Redis is loading the dataset in memory", .loading), ("MASTERDOWN Link with MASTER is down", .masterDown),
            ("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", .busy),
            ("TRYAGAIN Multiple keys request during rehashing of slot", .tryAgain), ("CLUSTERDOWN The cluster is down", .clusterDown),
            ("READONLY You can't write against a read only replica.", .readOnly),
            ("OOM command not allowed when used memory > 'maxmemory'.", .outOfMemory),
            ("MISCONF Redis is configured to save RDB snapshots", .misconfigured),
            ("NOREPLICAS Not enough good replicas to write.", .noReplicas),
            ("NOAUTH Authentication required.", .authentication), ("WRONGPASS invalid username-password pair", .authentication),
            ("ERR AUTH <password> called without any password configured for the default user.", .authentication),
            ("ERR invalid password", .authentication), ("NOPERM this user has no permissions", .noPermission),
            ("WRONGTYPE Operation against a key holding the wrong kind of value", .wrongType), ("NOSCRIPT No matching script.", .noScript),
            ("ERR max number of clients reached", .tooManyClients), ("ERR unknown command", .other), ("", .other), ("OOMPH", .other),
            ("oom lower case", .other), ("ERR max number", .other), ("ERR -OOM is not in front", .other),
            ("ERR Error running script (call to f_1): @user_script:1: @user_script: 1: -OOM command not allowed", .outOfMemory),
            ("ERR Error running script (call to f_1): @user_script:1: -READONLY You can't write", .readOnly),
            ("ERR user_script:1: -WRONGTYPE Operation against a key script: 1", .wrongType),
            ("ERR Error running script (call to f_1): attempt to index a nil value", .other),
            ("ERR The user executing the script can't run this command or subcommand script: 1", .noPermission),
            ("ERR ACL failure in script: User u has no permissions to run the 'hset' command script: 1", .noPermission),
        ] as [(String, RedisServerError.Kind)])
    func `knows the kind of a refusal`(text: String, kind: RedisServerError.Kind) {
        let error = RedisServerError(text)
        #expect(error.kind == kind)
        #expect(error.text == text)
        #expect(error.saysTryLater == [.loading, .busy, .masterDown, .tryAgain, .clusterDown].contains(kind))
    }

    @Test(arguments: [
        ("WRONGTYPE text", "WRONGTYPE"), ("WRONGTYPE", "WRONGTYPE"), ("", "ERR"), (" ERR", "ERR"), ("\u{1b}[31m", "ERR"),
        ("ERR\nforged", "ERR"),
        (String(repeating: "A", count: 100), String(repeating: "A", count: 32)), ("my_code: x", "my_code"), ("é", "ERR"),
    ])
    func `takes only a word for the code`(text: String, code: String) {
        #expect(RedisServerError(text).code == code)
    }

    @Test(arguments: [("HUNTER2", "ERR"), ("ERR unknown command `AUTH`, with args `hunter2`", "ERR"), ("WRONGPASS hunter2", "WRONGPASS")])
    func `can be told without the server's words`(text: String, code: String) {
        let error = RedisServerError(text).withoutText()
        #expect(error.code == code)
        #expect(error.text == code)
        #expect(error.kind == RedisServerError(text).kind)
    }

    @Test func `a refusal shows its code and not its text`() {
        let error = RedisError(RedisServerError("WRONGTYPE key usdcop:secret"))
        #expect(error.code == .server)
        #expect(error.outcome == .rejected)
        #expect(!error.description.contains("secret"))
        #expect(error.description.contains("WRONGTYPE"))
    }

    @Test(
        arguments: [
            (.unreachable, true), (.circuitOpen, true), (.deadlineExceeded, true), (.connectionClosed, true), (.protocolViolation, true),
            (.overloaded, false), (.shutDown, false), (.cancelled, false), (.unexpectedReply, false), (.configuration, false),
            (.server, false),
        ] as [(RedisError.Code, Bool)])
    func `tells being away from refusing`(code: RedisError.Code, isAway: Bool) {
        #expect(RedisError(code, .unknown, "").meansAway == isAway)
    }

    @Test(arguments: [
        ("LOADING", true), ("MASTERDOWN", true), ("CLUSTERDOWN", true), ("BUSY", false), ("TRYAGAIN", false), ("OOM", false),
        ("NOAUTH", false),
    ])
    func `a server that cannot serve yet is away`(text: String, isAway: Bool) {
        #expect(RedisError(RedisServerError(text)).meansAway == isAway)
    }
}
