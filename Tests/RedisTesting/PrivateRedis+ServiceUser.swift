public import Foundation
public import Hiredis

extension PrivateRedis {
    /// Adds the user of `scripts/docker/users.acl`, and gives a configuration that logs in as it.
    public func serviceUser() async throws -> RedisConfiguration {
        let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../scripts/docker/users.acl").standardized
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        guard let rules = lines.first(where: { $0.hasPrefix("user usdcop ") }) else { throw NoServiceUser() }
        // Selectors in parentheses are one argument each.
        var words: [RedisArgument] = ["SETUSER"]
        var selector: [Substring] = []
        for word in rules.dropFirst("user ".count).split(separator: " ") {
            if word.hasPrefix("(") || !selector.isEmpty { selector.append(word) } else { words.append(.text(String(word))) }
            if word.hasSuffix(")") {
                words.append(.text(selector.joined(separator: " ")))
                selector = []
            }
        }
        let command = RedisCommand("ACL", words)
        let reply = try await RedisClient(configuration: configuration).withDedicatedConnection { try await $0.reply(to: command) }
        guard reply == .status("OK") else { throw NoServiceUser() }
        var configuration = configuration
        configuration.user = "usdcop"
        configuration.password = "usdcop-development"
        return configuration
    }

    private struct NoServiceUser: Error {}
}
