import CacheServices

/// Ascending places of a stream as a short text: for each one the milliseconds since the one before, and `-` and the sequence unless it
/// is 0, divided by spaces.
///
///     1736937000000-0, 1736937000000-1, 1736937000005-0   ->   "1736937000000 0-1 5"
enum StreamIDList {
    static func text(_ ids: [StreamID]) -> String {
        var last: UInt64 = 0
        return ids.map { id in
            defer { last = id.milliseconds }
            let step = id.milliseconds &- last
            return id.sequence == 0 ? "\(step)" : "\(step)-\(id.sequence)"
        }.joined(separator: " ")
    }

    /// `nil` for a text that is not of this form, or whose places do not ascend.
    static func ids(_ text: String) -> [StreamID]? {
        var ids: [StreamID] = []
        guard !text.isEmpty else { return ids }
        var last = StreamID.zero
        for part in text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
            let numbers = part.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
            guard let step = numbers.first.flatMap(number), let sequence = numbers.count == 1 ? 0 : number(numbers[1]) else { return nil }
            let (milliseconds, isTooGreat) = last.milliseconds.addingReportingOverflow(step)
            let id = StreamID(milliseconds: milliseconds, sequence: sequence)
            guard !isTooGreat, id > last else { return nil }
            ids.append(id)
            last = id
        }
        return ids
    }

    private static func number(_ digits: some Collection<UInt8>) -> UInt64? {
        guard !digits.isEmpty else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            let (tens, isTooGreat) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = tens.addingReportingOverflow(UInt64(digit - 0x30))
            guard !isTooGreat, !overflows else { return nil }
            number = sum
        }
        return number
    }
}
