import Hiredis

/// What nobody but an administrator may do to the trail, or to the server, as a user of Redis.
enum RefusedCommand {
    /// Whatever removes, replaces, shortens or moves events, each as it would be sent; `E` stands for the stream of events.
    static let onTheTrail: [[String]] = [
        ["DEL", "E"], ["UNLINK", "E"], ["XDEL", "E", "1-1"], ["XTRIM", "E", "MAXLEN", "0"], ["XTRIM", "E", "MINID", "9999999999999"],
        ["XSETID", "E", "9999999999999-0"], ["XGROUP", "CREATE", "E", "g", "0"], ["SET", "E", "x"], ["SETEX", "E", "1", "x"],
        ["GETSET", "E", "x"], ["GETDEL", "E"], ["SETRANGE", "E", "0", "x"], ["APPEND", "E", "x"], ["MSET", "E", "x"],
        ["EXPIRE", "E", "1"], ["PEXPIRE", "E", "1"], ["EXPIREAT", "E", "1"], ["PERSIST", "E"], ["RENAME", "E", "usdcop:mine"],
        ["RENAME", "usdcop:mine", "E"], ["RENAMENX", "E", "usdcop:mine"], ["COPY", "usdcop:mine", "E", "REPLACE"],
        ["COPY", "E", "usdcop:copy"], ["RESTORE", "E", "0", "x", "REPLACE"], ["MOVE", "E", "1"], ["SORT", "usdcop:mine", "STORE", "E"],
        ["LPUSH", "E", "x"], ["HSET", "E", "f", "v"], ["SUNIONSTORE", "E", "usdcop:mine"], ["ZUNIONSTORE", "E", "1", "usdcop:mine"],
        ["BITOP", "NOT", "E", "usdcop:mine"], ["PFMERGE", "E", "usdcop:mine"], ["MIGRATE", "127.0.0.1", "1", "E", "0", "1"],
    ]

    /// The same for the rest of what vouches for it.
    static let onItsWitnesses: [[String]] = [
        ["DEL", "usdcop:audit:checkpoints"], ["XTRIM", "usdcop:audit:checkpoints", "MAXLEN", "0"],
        ["XDEL", "usdcop:audit:checkpoints", "1-1"], ["SET", "usdcop:audit:checkpoints", "x"], ["DEL", "usdcop:audit:writers"],
        ["SET", "usdcop:audit:writers", "x"], ["DEL", "usdcop:audit:idempotency:ab"], ["SET", "usdcop:audit:new", "x"],
        ["XADD", "usdcop:audit:new", "*", "a", "b"], ["XADD", "{usdcop}:audit:new", "*", "a", "b"],
    ]

    /// What is not ours, and what is nobody's but the machine's administrator's.
    static let elsewhere: [[String]] = [
        ["GET", "other:key"], ["SET", "other:key", "x"], ["DEL", "other:key"], ["GET", "usdcop"], ["GET", "usdcopx:signal:latest"],
        ["KEYS", "*"], ["RANDOMKEY"], ["FLUSHALL"], ["FLUSHDB"], ["SWAPDB", "0", "1"], ["CONFIG", "SET", "maxmemory", "1"],
        ["CONFIG", "REWRITE"], ["CONFIG", "RESETSTAT"], ["DEBUG", "SLEEP", "0"], ["SHUTDOWN", "NOSAVE"], ["ACL", "SETUSER", "x"],
        ["ACL", "LOG", "RESET"], ["ACL", "LIST"], ["MONITOR"], ["REPLICAOF", "NO", "ONE"], ["FAILOVER"], ["SYNC"],
        ["MODULE", "LIST"], ["FUNCTION", "FLUSH"], ["SCRIPT", "FLUSH"], ["SCRIPT", "KILL"], ["CLIENT", "LIST"],
        ["CLIENT", "KILL", "TYPE", "normal"], ["CLIENT", "PAUSE", "1"], ["SAVE"], ["BGSAVE"], ["BGREWRITEAOF"], ["SLOWLOG", "RESET"],
        ["LATENCY", "RESET"], ["MEMORY", "PURGE"], ["OBJECT", "FREQ", "other:key"], ["PUBLISH", "usdcop:x", "y"],
        ["SUBSCRIBE", "usdcop:x"], ["CLUSTER", "RESET"],
    ]

    static func command(_ words: [String]) -> RedisCommand {
        let words = words.map { $0 == "E" ? "usdcop:audit:events" : $0 }
        return RedisCommand(words[0], words.dropFirst().map(RedisArgument.text))
    }

    /// The same from within a script, which names its keys or hides them.
    static func script(_ words: [String], namesKey: Bool) -> RedisCommand {
        let source = "return redis.call(unpack(ARGV))"
        let arguments = words.map { RedisArgument.text($0 == "E" ? "usdcop:audit:events" : $0) }
        return RedisCommand("EVAL", [.text(source)] + (namesKey ? ["1", "usdcop:audit:events"] : ["0"]) + arguments)
    }
}
