import Hiredis
import RedisTesting

extension RunningService {
    /// Puts more into the trail than all buffers between the service and a client hold, so that an export of it waits for who does not read.
    ///
    /// In small entries: the first page of an export has two seconds, also on a machine that has much to do.
    func fillTrail() async throws {
        let script = "for i = 1, 1000 do redis.call('XADD', KEYS[1], '*', 'blob', ARGV[1]) end"
        let blob = String(repeating: "a", count: 2000)
        for _ in 0..<5 { try await redis.ask("EVAL", .text(script), "1", "usdcop:audit:events", .text(blob)) }
    }
}
