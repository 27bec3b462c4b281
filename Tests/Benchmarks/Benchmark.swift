import CacheServices
import Foundation
import Hiredis
import Logging

/// The measured side of scripts/bench: one load for each call, one figure on standard output.
///
/// Usage: usdcop-bench LOAD CALLERS TOTAL [global]   with LOAD get, set, publish, latest, symbols, history-SYMBOL, memory-get, memory-set,
///                                             log-json, log-stream, log-blocked, audit-append, audit-query, audit-export,
///                                             latency-record, latency-stats, latency-store, latency-drops
///        usdcop-bench serve                          the service with the two reference routes; serve-guarded: with a rate;
///                                                    serve-bare: without limits and borders; USDCOP_BENCH_KEY is its only key
@main struct Benchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let url = ProcessInfo.processInfo.environment["REDIS_URL"] ?? "redis://127.0.0.1:6379"
        var errors = Logger(label: "bench")
        errors.logLevel = .error
        let quiet = errors
        switch arguments.dropFirst().first {
        case let guards? where ReferenceService.Guards(rawValue: guards) != nil:
            try await ReferenceService.run(ReferenceService.Guards(rawValue: guards) ?? .usual, redisURL: url, logger: quiet)
        case let load?:
            guard arguments.count >= 4, let callers = Int(arguments[2]), let total = Int(arguments[3]), callers > 0, total > 0 else {
                exit(64)
            }
            if load.hasPrefix("memory") {
                print(try await MemoryLoad.nanoseconds(load, total))
                return
            }
            if load.hasPrefix("log-") {
                print(try await LogLoad.nanoseconds(load, total))
                return
            }
            var configuration = try RedisConfiguration(url: url)
            configuration.commandTimeout = .seconds(30)
            try await RedisClient.withClient(configuration, logger: quiet) { [quiet] client in
                if load.hasPrefix("audit") {
                    print(try await AuditLoad.figure(load, callers: callers, total: total, client, quiet))
                    return
                }
                if load.hasPrefix("latency") {
                    print(try await LatencyLoad.figure(load, total: total, client, quiet))
                    return
                }
                let load = try await ClientLoad(load, client)
                let executor = arguments.last == "global" ? globalConcurrentExecutor : client.executor
                print(try await load.operationsPerSecond(callers: callers, total: total, on: executor))
            }
        case nil:
            exit(64)
        }
    }
}
