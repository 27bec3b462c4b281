package import Hiredis

/// A lease in Redis: of all processes that ask for it one holds it, for as long as it keeps renewing it.
///
/// The key reads `<token> <fencing>`. The fencing number is the server's clock in microseconds at the take-over, so that it grows from
/// holder to holder; a script that writes on behalf of the holder compares the key, and so keeps out a holder that was paused.
package struct RedisLease: Sendable {
    /// What came of asking for it.
    package enum Answer: Sendable, Hashable {
        case heldByAnother
        case taken(fence: Int)
        case renewed(fence: Int)
    }

    private let client: RedisClient
    private let name: String
    /// The full key.
    package let key: String

    /// - Parameter name: the key, relative to the namespace.
    package init(_ client: RedisClient, schema: KeySchema, name: String) {
        self.client = client
        self.name = name
        key = schema.full(name)
    }

    /// Takes or renews it in one step.
    ///
    /// - Parameters:
    ///   - token: names the holder, without spaces.
    ///   - duration: how long it lasts unless it is renewed.
    package func take(token: String, for duration: Duration) async throws(CacheError) -> Answer {
        let milliseconds = max(1, duration.wholeMilliseconds)
        let reply = try await run(.takeLease, [.text(token), .integer(milliseconds)])
        guard let parts = reply.array, parts.count == 2, let state = parts[0].integer else { throw .unexpectedReply() }
        let fence = parts[1].text.flatMap(Int.init)
        switch (state, fence) {
        case (0, _): return .heldByAnother
        case (1, let fence?): return .taken(fence: fence)
        case (2, let fence?): return .renewed(fence: fence)
        default: throw .unexpectedReply()
        }
    }

    /// Gives it back, if it is still ours.
    package func release(token: String) async throws(CacheError) {
        _ = try await run(.releaseLease, [.text(token)])
    }

    /// What the key reads while a holder has it.
    package static func value(token: String, fence: Int) -> String { "\(token) \(fence)" }

    private func run(_ script: RedisScript, _ arguments: [RedisArgument]) async throws(CacheError) -> RedisReply {
        do throws(RedisError) {
            return try await client.run(script, keys: [key], arguments: arguments, timeout: .seconds(2))
        } catch {
            throw CacheError(error, key: name)
        }
    }
}

extension RedisScript {
    /// Takes or renews a lease. KEYS: lease. ARGV: token, lease in milliseconds.
    /// Replies 1 when it was taken, 2 when it was renewed, 0 when somebody else holds it; and the fencing number.
    fileprivate static let takeLease = RedisScript(
        named: "takeLease",
        LuaLibrary.checks + """
            need(KEYS[1], 'string')
            local held = redis.call('GET', KEYS[1])
            local token, fence
            if held then token, fence = held:match('^(%S+) (%d+)$') end
            if held and token ~= ARGV[1] then
              -- What has no expiry, whatever it reads, would block everybody for ever.
              if redis.call('PTTL', KEYS[1]) >= 0 then return {0, ''} end
              held = nil
            end
            if held then
              -- Written anew instead of kept for longer: a Redis that is full refuses this, and so whoever can write nothing does not lead.
              redis.call('SET', KEYS[1], held, 'PX', ARGV[2])
              return {2, fence}
            end
            local time = redis.call('TIME')
            fence = time[1] .. string.format('%06d', tonumber(time[2]))
            redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. fence, 'PX', ARGV[2])
            return {1, fence}
            """)

    /// Gives a lease back. KEYS: lease. ARGV: token. Replies 1 when it was ours.
    fileprivate static let releaseLease = RedisScript(
        named: "releaseLease",
        LuaLibrary.checks + """
            need(KEYS[1], 'string')
            local held = redis.call('GET', KEYS[1])
            if not held or held:match('^(%S+) %d+$') ~= ARGV[1] then return 0 end
            redis.call('DEL', KEYS[1])
            return 1
            """)
}
