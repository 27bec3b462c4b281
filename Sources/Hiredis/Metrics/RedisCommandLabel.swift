/// By what a command is told apart in measurements: names that stand in the source code, never an argument.
struct RedisCommandLabel: Sendable, Hashable {
    /// Everything beyond the commands that a client tells apart.
    static let other = RedisCommandLabel(command: "other")

    /// As it was given, e.g. `GET`.
    let command: String
    /// The name of the script that it runs; empty for everything else.
    var script = ""

    /// As dimensions of a metric; text that is no plain name counts as `other`.
    var dimensions: [(String, String)] {
        guard script.isEmpty else {
            // That a server is taught a script by EVAL first is the client's affair.
            return [("command", "evalsha"), ("script", Self.plain(script))]
        }
        return [("command", Self.plain(command.lowercased()))]
    }

    private static func plain(_ name: String) -> String {
        let isPlain =
            (1...48).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        return isPlain ? name : "other"
    }
}
