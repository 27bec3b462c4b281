import Testing

@testable import DashboardServer

@Suite struct RateLimitTests {
    @Test(
        arguments: [
            ("1000/s burst 2000", "1000/s burst 2000", "\"client\";q=2000;w=2"), ("60/m", "60/m burst 60", "\"client\";q=60;w=60"),
            ("5/h burst 1", "5/h burst 1", "\"client\";q=1;w=720"), ("100000/s  burst  1", "100000/s burst 1", "\"client\";q=1;w=1"),
        ])
    func `a rate is read, and its policy never promises too much`(text: String, written: String, policy: String) throws {
        let limit = try #require(RateLimit(text))
        #expect(limit.description == written)
        #expect(limit.policy == policy)
        #expect(RateLimit(limit.description) == limit)
    }

    @Test(
        arguments: [
            "", "1000", "1000/", "/s", "1000/d", "0/s", "-1/s", "100001/s", "10/s burst", "10/s burst 0", "10/s burst 1000001", "10 /s",
            "10/s burst 5 more", "10/s max 5", "1e3/s", "٣/s", "10/s/s", "OFF", "99999999999999999999/s",
        ])
    func `anything else is refused`(text: String) { #expect(RateLimit(text) == nil) }

    @Test func `a burst may come at once, and then one request after the other`() throws {
        let limit = try #require(RateLimit("10/s burst 3"))
        var rate = GenericCellRate()
        let begin = 1_000_000
        let taken = (0..<5).map { _ in rate.take(limit, at: begin) }
        #expect(taken == [true, true, true, false, false])
        #expect(rate.wait(limit, at: begin) == 100_000)
        let (early, late) = (rate.take(limit, at: begin + 99_999), rate.take(limit, at: begin + 100_000))
        #expect(!early && late)
        #expect(rate.free(limit, at: begin + 10_000_000) == 3)
    }

    @Test func `in no time is there more than the burst and what the rate brings`() throws {
        let limit = try #require(RateLimit("7/s burst 5"))
        var (rate, generator, now, taken) = (GenericCellRate(), SystemRandomNumberGenerator(), 0, [Int]())
        for _ in 0..<5_000 {
            now += Int.random(in: 0...200_000, using: &generator)
            if rate.take(limit, at: now) { taken.append(now) }
        }
        for (index, start) in taken.enumerated() where index % 50 == 0 {
            for (count, end) in taken[index...].enumerated() {
                #expect(Double(count + 1) <= 5 + 7 * Double(end - start) / 1e6 + 1e-3)
            }
        }
    }
}

@Suite struct RateLimitAccountTests {
    private struct NotAsked: Error {}

    private let limit = RateLimit.standard

    @Test func `a client without a lease asks for one, and everybody else of it waits for the same answer`() throws {
        var account = RateLimitAccount(limit)
        guard case .wait(let order?) = account.step(limit, at: 0) else { throw NotAsked() }
        #expect(order == .init(asked: 4, immediate: 1, held: 0, returned: 0, spent: 0, time: 0))
        let second = account.step(limit, at: 1)
        #expect(second == .wait(nil))
        account.take(.init(granted: 4, remaining: 1996, wait: 0), for: order, limit, at: 2)
        let third = account.step(limit, at: 3)
        #expect(third == .settled(.allowed(remaining: 1999, limit), nil))
    }

    @Test func `the next lease is asked for before this one is used up, and grows with the demand up to its bound`() throws {
        var (account, asked, waits) = (RateLimitAccount(limit), [Int](), 0)
        for request in 0..<1500 {
            var step = account.step(limit, at: request)
            if case .wait(let order?) = step {
                waits += 1
                account.take(.init(granted: order.asked, remaining: 0, wait: 0), for: order, limit, at: request)
                step = account.step(limit, at: request)
            }
            guard case .settled(let standing, let order) = step else { throw NotAsked() }
            #expect(standing.isAllowed)
            if let order {
                asked.append(order.held + order.asked)
                account.take(.init(granted: order.asked, remaining: 0, wait: 0), for: order, limit, at: request)
            }
        }
        #expect(waits == 1)
        #expect(asked.max() == RateLimitAccount.maximumLease(limit))
        #expect(asked.count < 40)
    }

    @Test func `what is left of an expired lease is given back once and never used`() throws {
        var account = RateLimitAccount(limit)
        guard case .wait(let first?) = account.step(limit, at: 0) else { throw NotAsked() }
        account.take(.init(granted: 4, remaining: 0, wait: 0), for: first, limit, at: 5_000_000)
        _ = account.step(limit, at: 6_000_000)
        guard case .wait(let second?) = account.step(limit, at: 10_000_000) else { throw NotAsked() }
        #expect(second.returned == 3)
        account.takeFailure()
        guard case .wait(let third?) = account.step(limit, at: 11_000_000) else { throw NotAsked() }
        #expect(third.returned == 0)
    }

    @Test func `when nothing is left nobody asks until it is worth it`() throws {
        var account = RateLimitAccount(limit)
        guard case .wait(let order?) = account.step(limit, at: 0) else { throw NotAsked() }
        account.take(.init(granted: 1, remaining: 0, wait: 900), for: order, limit, at: 100)
        let (allowed, refused) = (account.step(limit, at: 200), account.step(limit, at: 300))
        #expect(allowed == .settled(.allowed(remaining: 0, limit), nil))
        #expect(refused == .settled(.refused(wait: 700), nil))
        guard case .wait(_?) = account.step(limit, at: 1000) else { throw NotAsked() }
    }

    @Test func `who waits together is asked for together, and the next lease besides`() throws {
        var account = RateLimitAccount(limit)
        guard case .wait(let order?) = account.step(limit, at: 0, waiting: 500) else { throw NotAsked() }
        #expect((order.asked, order.immediate) == (503, 500))
        guard case .wait(let all?) = RateLimitAccount(limit).asking(limit, waiting: 5_000) else { throw NotAsked() }
        #expect(all.asked == limit.burst)
    }

    @Test func `what was counted here alone is said until Redis has heard it, less what time has given back`() throws {
        let limit = try #require(RateLimit("10/s burst 100"))
        var account = RateLimitAccount(limit)
        for _ in 0..<50 { #expect(account.stepAlone(limit, at: 0).isAllowed) }
        let probe = account.probe(limit, at: 1_000_000)
        #expect((probe.asked, probe.spent) == (0, 40))
        account.takeFailure()
        guard case .wait(let order?) = account.step(limit, at: 2_000_000) else { throw NotAsked() }
        #expect(order.spent == 30)
        // Meanwhile, more of it.
        _ = account.stepAlone(limit, at: 2_000_000)
        account.take(.init(granted: order.asked, remaining: 0, wait: 0), for: order, limit, at: 2_000_000)
        #expect(account.probe(limit, at: 2_000_000).spent == 1)
    }
}

extension RateLimitAccount {
    /// The first step of one that has not asked yet.
    fileprivate func asking(_ limit: RateLimit, waiting: Int) -> Step {
        var account = self
        return account.step(limit, at: 0, waiting: waiting)
    }
}
