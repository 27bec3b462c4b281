/// What a caller may do; each role includes those before it.
public enum Role: String, Sendable, CaseIterable, Comparable {
    case reader, writer, administrator

    private var rank: Int {
        switch self {
        case .reader: 0
        case .writer: 1
        case .administrator: 2
        }
    }

    public static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }
}
