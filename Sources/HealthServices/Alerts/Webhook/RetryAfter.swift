import CacheServices

/// How long a receiver asks to be left alone, by the header `Retry-After` (RFC 9110, 10.2.3). Pure.
enum RetryAfter {
    /// Whoever asks for more gets this.
    static let longest = Duration.seconds(300)

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The pause; `nil` for a value that is neither a number of seconds nor a date, and for one that is over.
    static func pause(_ text: String?, at now: Timestamp) -> Duration? {
        guard let text, (1...64).contains(text.utf8.count) else { return nil }
        let asked: Duration
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            asked = Int(text).map { .seconds(min($0, Int(longest.components.seconds))) } ?? longest
        } else if let date = date(text) {
            asked = date - now
        } else {
            return nil
        }
        return asked > .zero ? min(asked, longest) : nil
    }

    /// `Wed, 15 Jan 2025 10:30:00 GMT`; the forms that are obsolete are not read.
    private static func date(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", parts[1].utf8.count == 2, let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(iso8601: "\(parts[3])-\(number)-\(parts[1])T\(parts[4]).000Z")
    }
}
