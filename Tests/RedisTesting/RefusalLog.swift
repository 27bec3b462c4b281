import Foundation

/// What a server's ACL refused, read over a socket of its own without waiting for anybody: a server ends in a `deinit`, too.
struct RefusalLog {
    let socketPath: String

    /// One sentence for each kind of refusal; nil when a server does not answer within a second.
    func read() -> [String]? {
        let socket = socket(AF_UNIX, Self.stream, 0)
        guard socket >= 0 else { return nil }
        defer { close(socket) }
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard connect(socket) else { return nil }
        let question = Array("AUTH \(RedisUsers.User.test.rawValue) any\r\nACL LOG 128\r\nECHO \(Self.end)\r\n".utf8)
        guard send(socket, question, question.count, 0) == question.count else { return nil }
        var answer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while !String(decoding: answer.suffix(64), as: UTF8.self).contains(Self.end) {
            let count = recv(socket, &piece, piece.count, 0)
            guard count > 0 else { return nil }
            answer += piece[..<count]
        }
        let text = String(decoding: answer, as: UTF8.self)
        return text.hasPrefix("+OK\r\n*") ? Self.sentences(in: text) : nil
    }

    private static let end = "end-of-the-refusals"
    #if canImport(Darwin)
        private static let stream = SOCK_STREAM
    #else
        private static let stream = Int32(SOCK_STREAM.rawValue)
    #endif

    private func connect(_ socket: Int32) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(socketPath.utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    /// The fields of an entry come as name, value, name, value, each after a line with its length.
    private static func sentences(in text: String) -> [String] {
        var sentences: [String] = []
        var fields: [String: String] = [:]
        let lines = text.components(separatedBy: "\r\n").filter { !$0.hasPrefix("$") && !$0.hasPrefix("*") }
        for (name, value) in zip(lines, lines.dropFirst()) where ["reason", "context", "object", "username"].contains(name) {
            fields[name] = value
            guard name == "username" else { continue }
            sentences.append(["username", "reason", "object", "context"].compactMap { fields[$0] }.joined(separator: " "))
            fields = [:]
        }
        return sentences
    }
}
