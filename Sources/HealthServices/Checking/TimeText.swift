/// Times for people, in one unit.
package enum TimeText {
    /// `700 ms`, `1.3 s`, `5 s`, `3 min`, `2 h`, `4 d`; rounded down.
    package static func short(_ duration: Duration) -> String {
        let milliseconds = Int(max(0, min(duration.inMilliseconds, 1e15)))
        switch milliseconds {
        case ..<1000: return "\(milliseconds) ms"
        case ..<10_000 where milliseconds % 1000 >= 100: return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
        case ..<120_000: return "\(milliseconds / 1000) s"
        case ..<7_200_000: return "\(milliseconds / 60_000) min"
        case ..<172_800_000: return "\(milliseconds / 3_600_000) h"
        default: return "\(milliseconds / 86_400_000) d"
        }
    }
}

extension Duration {
    /// With a fraction.
    package var inMilliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
    }

    /// Whole milliseconds, rounded down, within what fits.
    var wholeMilliseconds: Int { Int(max(-1e15, min(1e15, inMilliseconds.rounded(.down)))) }
}
