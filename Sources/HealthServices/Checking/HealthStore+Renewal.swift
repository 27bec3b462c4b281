import CacheServices
import Hiredis

extension HealthStore {
    /// Replaces a status and nothing else, if the lease is still ours.
    ///
    /// - Returns: whether it was replaced.
    func renew(_ health: ServiceHealth, lease key: String, value: String) async throws(CacheError) -> Bool {
        let keys = [key] + [KeySchema.healthStatus(health.service), KeySchema.healthServices, KeySchema.events].map(schema.full)
        let reply = try await run(
            .renewHealthStatus, fullKeys: keys,
            [
                .text(value), .text(health.service.rawValue), .bytes(JSONWriter.bytes(health.jsonValue)),
                .integer(CacheRules.healthStatusLifetime.wholeMilliseconds), .integer(CacheRules.eventsLength),
                .text(KeySchema.healthStatus(health.service)), .text(health.status.rawValue),
            ])
        return reply.integer == 1
    }

    /// How long a lease lasts, whoever holds it; zero when nobody does.
    func remaining(of lease: LeaderLease) async throws(CacheError) -> Duration {
        let reply = try await send(
            RedisCommand("PTTL", [.text(lease.key)], access: .read), key: schema.name(ofFull: lease.key) ?? lease.key)
        return .milliseconds(max(0, reply.integer ?? 0))
    }
}

extension RedisScript {
    /// Replaces a status on behalf of the holder of a lease, and tells of it when it is another one. KEYS: lease, status, services, change stream. ARGV: what the lease
    /// reads for its holder; service; body of the status; its lifetime in milliseconds; length of the change stream; name of the status' key;
    /// the status. What finds the service as it was is no news for the change stream. Replies 1 when it was replaced.
    fileprivate static let renewHealthStatus = RedisScript(
        LuaLibrary.checks + """
            need(KEYS[1], 'string') need(KEYS[2], 'string') need(KEYS[3], 'hash') need(KEYS[4], 'stream')
            if redis.call('GET', KEYS[1]) ~= ARGV[1] or not redis.call('HGET', KEYS[3], ARGV[2]) then return 0 end
            local before = redis.call('GET', KEYS[2])
            redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
            -- Anybody who may read may ask for a check as often as he likes: that must not push the changes of others out.
            local ok, value = pcall(cjson.decode, before or '')
            if ok and type(value) == 'table' and value.status == ARGV[7] then return 1 end
            redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[5], '*', 'topic', 'health', 'event', 'checked', 'key', ARGV[6], 'value', ARGV[3])
            return 1
            """)
}
