import ArgumentParser
import CacheServices
import Hiredis

/// Compares the server with the promises of this project, and the live keys with the key table.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the settings of Redis and the live keys.",
        discussion: """
            Looks for settings under which a promise does not hold (no append-only file, an evicting policy, a replica), and for keys with \
            a wrong type, a missing expiry, an unreadable or misplaced value, too many entries, an unknown name, or no entry in their \
            index. Changes nothing unless told to. --repair puts the indexes right; values are never touched. Exits with 1 when \
            something is wrong, after the repair if there was one. Keys of your own are listed and are nothing wrong.

            Examples:
              usdcop doctor
              usdcop doctor --repair --json
            """)

    @Flag(help: "Bring the indexes in line with the keys, then look again.")
    var repair = false

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let repair = repair
        let diagnosis = try await connection.withSession { session in
            let inspection = CacheInspection(session.cache)
            var report = try await inspection.run()
            var repaired: IndexReconciliation.Report?
            if repair {
                repaired = try await IndexReconciliation(session.cache).run()
                report = try await inspection.run()
            }
            guard case .ready(let server) = session.cache.redis.status else {
                throw CommandFailure(.unavailable, "the connection to Redis was lost")
            }
            return Diagnosis(server: server, report: report, repaired: repaired)
        }
        try output.show(diagnosis.jsonValue) { diagnosis.text($0) }
        if diagnosis.isNegative { throw CommandFailure(.negative, nil) }
    }
}
