import ArgumentParser
import DashboardServer

/// What only the demo is told.
struct DemoOptions: ParsableArguments {
    static let namespace = "usdcop-demo"
    static let port = "8091"

    @Option(
        help: ArgumentHelp(
            "Makes the market, 0 to 9007199254740991 (default that of the demo before, else \(DemoPlan.standardSeed)).", valueName: "number"
        ),
        transform: Arguments.seed)
    var seed: UInt64?

    @Option(help: ArgumentHelp("Steps of the market in a second, 0.1 to 50 (default 1).", valueName: "steps"), transform: Arguments.steps)
    var speed = 1.0

    @Option(help: ArgumentHelp("Ends by itself after a time such as 30s or 10m.", valueName: "duration"), transform: Arguments.runningTime)
    var duration: Duration?

    @Flag(help: "Remove the keys of the namespace and the state directory at the end, if demos alone made them.")
    var clean = false

    @Flag(help: "Run in a namespace that has keys which no demo made; they stay, and --clean removes nothing there.")
    var adopt = false
}

extension Arguments {
    @Sendable static func seed(_ text: String) throws -> UInt64 {
        guard let seed = UInt64(text), DemoPlan.seeds.contains(seed) else {
            throw ValidationError("must be an integer from 0 to \(DemoPlan.seeds.upperBound)")
        }
        return seed
    }

    @Sendable static func runningTime(_ text: String) throws -> Duration {
        let duration = try duration(text)
        guard duration > .zero else { throw ValidationError("must be longer than nothing") }
        return duration
    }

    @Sendable static func steps(_ text: String) throws -> Double {
        guard let speed = Double(text), DemoPlan.speeds.contains(speed) else {
            throw ValidationError("must be a number of steps in a second from 0.1 to 50")
        }
        return speed
    }
}
