import Foundation
import TestTurns
import Testing

/// Tests against real servers and real files, one at a time: they measure time.
@Suite(.takesTurns, .serialized) enum Live {}

extension Live {
    /// Whether the long variants are asked for.
    static let isSoak = ProcessInfo.processInfo.environment["USDCOP_SOAK"] == "1"
}
