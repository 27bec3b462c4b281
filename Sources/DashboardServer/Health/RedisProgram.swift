package import Hiredis

/// How redis-cli reaches the Redis of the service, for people who want to look themselves. A password is not in it: redis-cli takes one from
/// `REDISCLI_AUTH`.
package enum RedisProgram {
    /// The program and its options, ready for a shell: `redis-cli -p 6380`.
    package static func line(for configuration: RedisConfiguration) -> String {
        var words = ["redis-cli"]
        switch configuration.endpoint {
        case .tcp(let host, let port):
            if host != "127.0.0.1", host != "localhost" { words += ["-h", quoted(host)] }
            if port != 6379 { words += ["-p", String(port)] }
        case .unixSocket(let path): words += ["-s", quoted(path)]
        }
        if configuration.database != 0 { words += ["-n", String(configuration.database)] }
        if configuration.tls != nil { words.append("--tls") }
        if let user = configuration.user { words += ["--user", quoted(user)] }
        return words.joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ":"):
                true
            default: false
            }
        }
        return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
}
