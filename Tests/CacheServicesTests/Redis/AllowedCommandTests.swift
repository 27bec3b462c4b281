import Foundation
import RedisTesting
import Testing

/// The service's user in the ACL file has every command that the sources send, and no other.
struct AllowedCommandTests {
    private static func sources() throws -> String {
        let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../Sources").standardized
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        return try files.filter { $0.pathExtension == "swift" }.map { try String(contentsOf: $0, encoding: .utf8) }.joined(separator: "\n")
    }

    /// The commands in the rules of a user, without subcommands.
    private static func allowed(_ user: String) throws -> Set<String> {
        let rules = try #require(try RedisUsers.rules().first { $0.hasPrefix("user \(user) ") })
        let words = rules.split { " ()".contains($0) }.filter { $0.hasPrefix("+") }.map { $0.dropFirst().split(separator: "|")[0] }
        return Set(words.map { $0.uppercased() })
    }

    @Test func `it may do exactly what the sources do`() throws {
        let (sources, allowed) = (try Self.sources(), try Self.allowed("usdcop"))
        let calls = /(?:redis\.p?call\(\s*'|RedisCommand\(\s*"|\.command\(\s*")([A-Z]+)['"]/
        // Whoever is logged in may log in.
        let sent = Set(sources.matches(of: calls).map { String($0.1) }).subtracting(["AUTH"])
        #expect(sent.subtracting(allowed) == [])
        #expect(sent.count > 30)
        #expect(allowed.filter { !sources.contains("'\($0)'") && !sources.contains("\"\($0)\"") } == [])
    }

    @Test func `no rule names a category or grants every key, but that of the user who nobody can be`() throws {
        for rules in try RedisUsers.rules().dropFirst() {
            let words = rules.split { " ()".contains($0) }
            #expect(!words.contains { $0.hasPrefix("+@") || $0 == "~*" || $0 == "allkeys" || $0 == "&*" }, "\(words[1])")
        }
        #expect(try RedisUsers.rules().first == "user default off resetpass ~* &* +@all")
    }
}
