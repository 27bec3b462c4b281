import RedisTesting
import Testing

@testable import Hiredis

@Suite(.timeLimit(.minutes(30))) struct AddressFuzzTests {
    private static let seeds = [
        "redis://localhost", "redis://app:se%3Acr%40et@127.0.0.1:6379/5?client_name=trader-1", "rediss://[::1]:6380/0",
        "unix:///tmp/redis.sock?db=3", "redis://:pass@h:1/2", "redis://user@host",
    ]

    /// A password stands nowhere but in its field.
    @Test func `an address of a server is a configuration or an error, and neither tells the password`() {
        for input in FuzzInputs(Self.seeds, words: ["redis://", "@", "/", "?db=", "hunter2:hunter2@", "%40", "[", "]"]) {
            let text = String(decoding: input, as: UTF8.self)
            do {
                let configuration = try RedisConfiguration(url: text)
                if let password = configuration.password, password.utf8.count > 5 {
                    #expect(!"\(configuration)".contains(password), "\(input.fuzzed)")
                }
                if case .tcp(_, let port) = configuration.endpoint { #expect((1...65_535).contains(port), "\(input.fuzzed)") }
                #expect(configuration.database >= 0, "\(input.fuzzed)")
            } catch {
                #expect(!"\(error)".contains("hunter2"), "\(input.fuzzed)")
            }
        }
    }

    @Test func `a refusal of a server has a kind and a text without the values of the command`() {
        let seeds = ["ERR unknown command 'x', with args beginning with: 'hunter2'", "NOPERM no", "-MISCONF", "ERR user_script:1: -OOM x"]
        for input in FuzzInputs(seeds, words: ["ERR ", "LOADING ", "hunter2", ", with args beginning with"]) {
            let error = RedisServerError(String(decoding: input, as: UTF8.self))
            // What Redis quotes of a command stands behind these words.
            #expect(error.text.hasPrefix(error.description), "\(input.fuzzed)")
            #expect(!error.description.contains(", with args beginning with"), "\(input.fuzzed)")
            #expect(!error.withoutText().text.contains("hunter2"), "\(input.fuzzed)")
            #expect(!error.code.contains(" "), "\(input.fuzzed)")
        }
    }

    @Test func `what INFO says is read, whatever it says`() {
        let seeds = ["redis_version:7.0.15\r\nrole:master\r\naof_enabled:1\r\nmaxmemory:0\r\n", "# Server\r\nrole:slave\r\n"]
        for input in FuzzInputs(seeds, words: ["redis_version:", "maxmemory:", "role:"]) {

            _ = RedisServerInfo(info: String(decoding: input, as: UTF8.self), settings: nil)
        }
    }
}
