import CacheServices
import Foundation

/// What a stand-in answers, and when. Pure: the time and the random numbers come from outside.
struct StandInModel: Sendable {
    /// What becomes of a request.
    enum Reply: Equatable, Sendable {
        case answer(status: Int, body: String, after: Duration)
        case nothing
    }

    let profile: StandInProfile
    let plan: OutagePlan

    /// - Parameter time: since the start of the demo.
    func reply(to path: String, at time: Duration, random: inout Xoshiro256) -> Reply {
        guard let operation = profile.operation(at: path) else {
            return .answer(status: 404, body: Self.body(["error": "there is no such path"]), after: .zero)
        }
        var latency = random.logNormal(median: operation.median, sigma: operation.sigma)
        switch plan.outage(of: profile.name, at: time)?.kind {
        case nil: break
        case .silent: return .nothing
        case .failing:
            return .answer(
                status: 503, body: Self.body(["status": "unavailable", "version": .string(profile.version)]),
                after: .milliseconds(latency / 2))
        case .slow: latency += random.uniform(520...980)
        }
        let body = operation.path == profile.health.path ? health(at: time, random: &random) : ["ok": true]
        return .answer(status: 200, body: Self.body(body), after: .milliseconds(latency))
    }

    private func health(at time: Duration, random: inout Xoshiro256) -> JSONValue {
        let seconds = time / .seconds(1)
        // The load comes and goes over some minutes; memory grows until it is collected.
        let load = 1 + 0.25 * sin(seconds / 70) + 0.08 * random.normal()
        let sawtooth = seconds.truncatingRemainder(dividingBy: 420) / 420
        return [
            "status": "ok", "version": .string(profile.version), "uptime_seconds": .integer(Int(seconds)),
            "requests_per_minute": .finite((max(0.2, load) * profile.requestsPerMinute).rounded()),
            "memory_usage_mb": .finite((profile.memoryMB * (1 + 0.12 * sawtooth) * 10).rounded() / 10),
        ]
    }

    private static func body(_ value: JSONValue) -> String { String(decoding: JSONWriter.bytes(value), as: UTF8.self) }
}

extension Duration {
    /// Milliseconds with a fraction.
    fileprivate static func milliseconds(_ value: Double) -> Duration { .microseconds(Int((value * 1000).rounded())) }
}
