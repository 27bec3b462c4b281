import CacheServices
import Hiredis

/// The rate limit that all processes share, as one step in Redis.
struct SharedRateLimit: Sendable {
    private let redis: RedisClient
    private let schema: KeySchema
    /// Names this process among those that hold leases.
    private let process: String

    /// A whole burst at the slowest rate, in microseconds.
    private static let longestWait = Int64(RateLimit.bursts.upperBound) * 3_600_000_000
    /// How long a question may take before this process goes on by itself.
    private static let patience = Duration.milliseconds(250)

    init(_ redis: RedisClient, namespace: Namespace) {
        self.redis = redis
        schema = KeySchema(namespace)
        process = String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// Asks for a lease: one round trip.
    func ask(
        _ order: RateLimitAccount.Order, for client: RateLimitClient, _ limit: RateLimit
    ) async throws(RedisError) -> RateLimitAccount.Grant {
        let arguments: [RedisArgument] = [
            .text(String(limit.interval)), .integer(limit.burst), .text(process), .integer(order.asked), .integer(order.immediate),
            .integer(order.held), .integer(order.returned), .integer(RateLimitAccount.lifetime),
        ]
        let reply = try await redis.run(
            .takeRateLease, keys: [schema.full(KeySchema.rateLimit(client.hash))], arguments: arguments, timeout: Self.patience)
        guard let numbers = reply.array?.compactMap(\.integer), numbers.count == 3, (0...Int64(order.asked)).contains(numbers[0]),
            (0...Int64(limit.burst)).contains(numbers[1]), (0...Self.longestWait).contains(numbers[2])
        else { throw .unexpected }
        return RateLimitAccount.Grant(granted: Int(numbers[0]), remaining: Int(numbers[1]), wait: Int(numbers[2]))
    }
}

extension RedisScript {
    /// Grants a part of a client's rate (GCRA). KEYS: the client. ARGV: microseconds between two requests, burst, process, requests asked
    /// for, those of them that are made at once, requests that the process still holds, requests that it gives back, lifetime of a lease
    /// in microseconds. Replies how many were granted, how many are left, and in how many microseconds it is worth asking again.
    ///
    /// `tat` is when the burst will be whole again. What processes hold unspent keeps its place in the burst until it is spent, given back
    /// or expired: else the burst would fill up behind it, and both together would be more than the limit.
    fileprivate static let takeRateLease = RedisScript(
        named: "takeRateLease",
        LuaLibrary.checks + """
            need(KEYS[1], 'hash')
            local interval, burst, process = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
            local asked, immediate, held, returned = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
            local lifetime = tonumber(ARGV[8])
            local time = redis.call('TIME')
            local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
            local tat, others, expired = now, 0, {}
            local fields = redis.call('HGETALL', KEYS[1])
            for i = 1, #fields, 2 do
              if fields[i] == 'tat' then
                tat = tonumber(fields[i + 1]) or now
                -- No number, which no comparison would ever correct.
                if tat ~= tat then tat = now end
              elseif fields[i] ~= process then
                local units, expiry = fields[i + 1]:match('^(%d+) (%d+)$')
                -- A clock that was set back must not keep a lease for ever.
                if units and tonumber(expiry) > now and tonumber(expiry) <= now + lifetime then
                  others = others + tonumber(units)
                else
                  expired[#expired + 1] = fields[i]
                end
              end
            end
            tat = math.max(tat - returned * interval, now + (others + held) * interval)
            tat = math.min(tat, now + burst * interval)
            local free = math.floor((now + burst * interval - tat) / interval + 0.000001)
            local granted = math.max(0, math.min(asked, free))
            tat = tat + granted * interval
            local holds = held + granted - math.min(granted, immediate)
            redis.call('HSET', KEYS[1], 'tat', string.format('%.0f', tat))
            if holds > 0 then
              redis.call('HSET', KEYS[1], process, holds .. ' ' .. string.format('%.0f', now + lifetime))
            else
              redis.call('HDEL', KEYS[1], process)
            end
            for _, field in ipairs(expired) do redis.call('HDEL', KEYS[1], field) end
            redis.call('PEXPIRE', KEYS[1], math.ceil(math.max(tat - now, lifetime) / 1000) + 1000)
            local wait = 0
            if granted < asked then
              -- A quarter of what was asked for: not a question for every single request of who asks for too much.
              wait = math.max(0, math.ceil(tat + math.ceil(asked / 4) * interval - now - burst * interval))
            end
            return {granted, free - granted, wait}
            """)
}
