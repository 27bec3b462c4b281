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

    /// The key under which a client is counted.
    func key(of client: CountedClient) -> String { schema.full(KeySchema.rateLimit(client.hash)) }

    /// Asks for a lease: one round trip.
    func ask(
        _ order: RateLimitAccount.Order, for client: CountedClient, _ limit: RateLimit
    ) async throws(RedisError) -> RateLimitAccount.Grant {
        let arguments: [RedisArgument] = [
            .text(String(limit.interval)), .integer(limit.burst), .text(process), .integer(order.asked), .integer(order.immediate),
            .integer(order.held), .integer(order.returned), .integer(order.spent), .integer(RateLimitAccount.reservation),
        ]
        let reply = try await redis.run(
            .takeRateLease, keys: [key(of: client)], arguments: arguments, timeout: Self.patience)
        guard let numbers = reply.array?.compactMap(\.integer), numbers.count == 3, (0...Int64(order.asked)).contains(numbers[0]),
            (0...Int64(limit.burst)).contains(numbers[1]), (0...Self.longestWait).contains(numbers[2])
        else { throw .unexpected }
        return RateLimitAccount.Grant(granted: Int(numbers[0]), remaining: Int(numbers[1]), wait: Int(numbers[2]))
    }
}

extension RedisScript {
    /// Grants a part of a client's rate (GCRA). KEYS: the client. ARGV: microseconds between two requests, burst, process, requests asked
    /// for, those of them that are made at once, requests that the process still holds, requests that it gives back, requests that it made
    /// without asking, microseconds for which a lease keeps its place. Replies how many were granted, how many are left, and in how many
    /// microseconds it is worth asking again.
    ///
    /// `tat` is when the burst will be whole again. What processes hold keeps its place in the burst until it is given back or the place
    /// expires, and counts as made only then: else the burst would fill up behind it, and both together would be more than the limit.
    /// For the same reason nothing is given back whose place has expired.
    fileprivate static let takeRateLease = RedisScript(
        named: "takeRateLease",
        LuaLibrary.checks + """
            need(KEYS[1], 'hash')
            local interval, burst, process = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
            local asked, immediate, held, returned = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
            local spent, reservation = tonumber(ARGV[8]), tonumber(ARGV[9])
            local time = redis.call('TIME')
            local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
            local tat, own, leases = now, 0, {}
            local fields = redis.call('HGETALL', KEYS[1])
            for i = 1, #fields, 2 do
              if fields[i] == 'tat' then
                tat = tonumber(fields[i + 1]) or now
                -- No number, which no comparison would ever correct.
                if tat ~= tat then tat = now end
              else
                local units, expiry = fields[i + 1]:match('^(%d+) (%d+)$')
                units, expiry = tonumber(units), tonumber(expiry)
                if units and expiry > now + reservation then
                  -- A clock that was set back must not keep a lease for ever.
                  redis.call('HDEL', KEYS[1], fields[i])
                elseif units then
                  leases[#leases + 1] = {units = units, expiry = expiry, name = fields[i]}
                  if fields[i] == process and expiry > now then own = units end
                end
              end
            end
            if held > own then leases[#leases + 1] = {units = held - own, expiry = now + 1} end
            -- Together, those that expired last in front: each was in the way of all that is left of the ones before it.
            table.sort(leases, function(a, b) return a.expiry > b.expiry end)
            local units = 0
            for _, lease in ipairs(leases) do
              units = units + lease.units
              tat = math.max(tat, math.min(lease.expiry, now) + units * interval)
              if lease.expiry <= now then redis.call('HDEL', KEYS[1], lease.name) end
            end
            tat = math.min(math.max(tat, now), now + burst * interval)
            tat = tat - math.min(returned, math.max(own - held, 0)) * interval
            tat = math.min(tat + spent * interval, now + burst * interval)
            local free = math.floor((now + burst * interval - tat) / interval + 0.000001)
            local granted = math.max(0, math.min(asked, free))
            tat = tat + granted * interval
            local holds = held + granted - math.min(granted, immediate)
            redis.call('HSET', KEYS[1], 'tat', string.format('%.0f', tat))
            if holds > 0 then
              redis.call('HSET', KEYS[1], process, holds .. ' ' .. string.format('%.0f', now + reservation))
            else
              redis.call('HDEL', KEYS[1], process)
            end
            redis.call('PEXPIRE', KEYS[1], math.ceil(math.max(tat - now, reservation) / 1000) + 1000)
            local wait = 0
            if granted < asked then
              -- Until there is a quarter of a lease, but at most a tenth of a second longer than for one request: not a question for every
              -- single request of who asks for too much.
              local enough = math.max(1, math.min(math.ceil((asked - immediate + 1) / 4), math.floor(100000 / interval)))
              wait = math.max(0, math.ceil(tat + enough * interval - now - burst * interval))
            end
            return {granted, free - granted, wait}
            """)
}
