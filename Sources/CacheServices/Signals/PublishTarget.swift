/// Which of the two places of signals a publish writes.
public enum PublishTarget: String, Sendable, CaseIterable {
    case latest = "set-latest"
    case history = "add-to-history"
    case latestAndHistory = "set-and-add"

    var setsLatest: Bool { self != .history }
    package var addsToHistory: Bool { self != .latest }
}
