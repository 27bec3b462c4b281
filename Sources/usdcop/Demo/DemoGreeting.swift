import CacheServices
import DashboardServer
import Foundation
import Hiredis
import NIOCore

/// What the demo says when it listens: where the page is, and what to try from another terminal.
struct DemoGreeting: Sendable {
    let plan: DemoPlan
    let settings: DemoSettings

    func text(_ address: SocketAddress) -> String {
        let host = address.ipAddress.map { $0.contains(":") ? "[\($0)]" : $0 } ?? settings.settings.host
        let page = "\(settings.settings.certificate == nil ? "http" : "https")://\(host):\(address.port ?? settings.settings.port)"
        let speed = "\(NumberText.plain(plan.speed)) \(plan.speed == 1 ? "step" : "steps") a second"
        let beginning = plan.resumed.map { ", going on after step \(NumberText.integer($0))" } ?? ""
        return """
            usdcop demo: a synthetic market of seed \(plan.seed), \(speed)\(beginning)

              dashboard    \(page)/

              \(commands(page).joined(separator: "\n  "))

            Now and then one of the services fails or is slow: that is part of it. Ctrl-C ends it.

            """
    }

    /// Three things to try.
    private func commands(_ page: String) -> [String] {
        let namespace = settings.settings.namespace
        guard settings.settings.backend != .memory else {
            return ["cache/signals", "health/services", "audit/signals?type=stats"].map { "curl -s '\(page)/api/\($0)'" }
        }
        return [
            "\(RedisProgram.line(for: settings.settings.redis)) GET \(KeySchema(namespace).full(KeySchema.signalLatest))",
            "\(program) audit tail --namespace \(namespace)\(programOptions)",
            "curl -s '\(page)/api/health/services'",
        ]
    }

    /// How the program finds the same Redis, unless that is the one it takes anyway, or its address holds a secret.
    private var programOptions: String {
        let redis = settings.settings.redis
        guard settings.given.contains(ConfigurationTable.redisURL.name), redis.password == nil, redis.tls == nil else { return "" }
        return switch redis.endpoint {
        case .tcp(let host, let port): " --redis-url redis://\(host):\(port)/\(redis.database)"
        case .unixSocket(let path): " --redis-url 'unix://\(path)?db=\(redis.database)'"
        }
    }

    /// The program as it was called, from here if it lies below.
    private var program: String {
        let path = CommandLine.arguments.first ?? "usdcop"
        let here = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(here) ? "./" + path.dropFirst(here.count) : path
    }
}
