import CacheServices
import DashboardServer
import Foundation
import Hiredis
import Logging

/// The namespace of a demo in Redis: whose it is, that one demo at a time runs there, and how it is removed.
struct DemoNamespace: Sendable {
    /// What stood there before this demo.
    enum Standing: Sendable {
        /// Redis does not answer.
        case away
        case empty
        /// A demo was there before.
        case demo(DemoState)
        /// Keys of somebody else.
        case foreign
    }

    /// The lease outlives a killed demo by so much.
    static let leaseTime = Duration.seconds(2)

    let client: RedisClient
    let namespace: Namespace
    /// Names this run among those that ask for the lease.
    let token: String

    private var schema: KeySchema { KeySchema(namespace) }
    private var lease: RedisLease { RedisLease(client, schema: schema, name: KeySchema.demoLease) }

    /// Looks whose the namespace is.
    ///
    /// - Throws: `RedisError` when Redis refuses the user, or what it asks.
    func standing() async throws(RedisError) -> Standing {
        do throws(RedisError) {
            let reply = try await client.send(RedisCommand("GET", [.text(schema.full(KeySchema.demoState))], access: .read))
            if let state = reply.bytes.flatMap({ DemoState(stored: $0) }) { return .demo(state) }
            var isEmpty = true
            try await scan { names throws(RedisError) in
                isEmpty = names.allSatisfy { $0 == schema.full(KeySchema.demoLease) }
                return isEmpty
            }
            return isEmpty ? .empty : .foreign
        } catch {
            switch error.server?.kind {
            case .authentication?, .noPermission?: throw error
            // Also what is still loading its data, or is none of these.
            default: return .away
            }
        }
    }

    /// Leaves the sign that a demo runs here, before anything else is written.
    func mark(_ state: DemoState) async throws(RedisError) {
        _ = try await client.send(RedisCommand("SET", [.text(schema.full(KeySchema.demoState)), .bytes(state.json)]))
    }

    /// Takes or renews the lease; false while another demo has it, nil when Redis cannot be asked.
    func hold() async -> Bool? {
        guard let answer = try? await lease.take(token: token, for: Self.leaseTime) else { return nil }
        return answer != .heldByAnother
    }

    /// Waits until the lease of a demo that was killed has run out.
    ///
    /// - Returns: false when another demo keeps it.
    func holdSoon() async throws -> Bool {
        let deadline = ContinuousClock.now + Self.leaseTime + .milliseconds(500)
        while await hold() == false {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(200))
        }
        return true
    }

    func release() async { try? await lease.release(token: token) }

    /// Removes every key of the namespace: SCAN and UNLINK. Meanwhile the lease is ours, so that no other demo begins in between.
    ///
    /// - Returns: how many; nil when another demo has the lease, whose keys stay.
    func removeAll() async throws(RedisError) -> Int? {
        var isOurs = await hold() != false
        guard isOurs else { return nil }
        let own = schema.full(KeySchema.demoLease)
        var removed = 0
        try await scan { names throws(RedisError) in
            isOurs = await hold() != false
            let names = names.filter { $0 != own }
            guard isOurs, !names.isEmpty else { return isOurs }
            removed += try await client.send(RedisCommand("UNLINK", names.map { .text($0) })).integer.map { Int($0) } ?? 0
            return true
        }
        guard isOurs else { return nil }
        await release()
        return removed
    }

    /// Visits the keys of the namespace in batches until told to stop.
    private func scan(_ visit: ([String]) async throws(RedisError) -> Bool) async throws(RedisError) {
        var cursor = "0"
        repeat {
            // No character of a namespace means anything in a pattern.
            let arguments: [RedisArgument] = [.text(cursor), "MATCH", .text(schema.full("*")), "COUNT", "1000"]
            let parts = try await client.send(RedisCommand("SCAN", arguments, access: .read)).array ?? []
            guard parts.count == 2, let next = parts[0].text else { return }
            cursor = next
            guard try await visit(parts[1].array?.compactMap(\.text) ?? []) else { return }
        } while cursor != "0"
    }
}
