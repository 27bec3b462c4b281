import CacheServices

/// The legal time of Bogotá, in which a Colombian price file writes its dates.
///
/// UTC−5, except from 3 May 1992 to 6 February 1993 at 24:00 (Decree 267 of 1993): UTC−4, Colombia's only daylight saving
/// time since records of prices begin. Two constants instead of the machine's time zone data, so that a file means the
/// same on every machine.
enum BogotaTime {
    /// The instant of a local date and time, or nil if there is no such date or time of day.
    ///
    /// The hour that was skipped in 1992 is read as UTC−5, the hour that came twice in 1993 as the first of the two.
    static func instant(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, millisecond: Int = 0
    ) -> Timestamp? {
        // Read as UTC first: whether there is such a time does not depend on the offset.
        let date = "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
        let time = "\(padded(hour, to: 2)):\(padded(minute, to: 2)):\(padded(second, to: 2)).\(padded(millisecond, to: 3))"
        guard let local = Timestamp(iso8601: "\(date)T\(time)Z")?.milliseconds else { return nil }
        let isDaylight = (daylight.lowerBound + standardOffset + hourLength..<daylight.upperBound + daylightOffset).contains(local)
        return Timestamp(milliseconds: local - (isDaylight ? daylightOffset : standardOffset))
    }

    /// The local date of an instant, as the number of days since 1 January 1970.
    static func day(of instant: Timestamp) -> Int64 {
        let offset = daylight.contains(instant.milliseconds) ? daylightOffset : standardOffset
        let (day, rest) = (instant.milliseconds + offset).quotientAndRemainder(dividingBy: dayLength)
        return rest < 0 ? day - 1 : day
    }

    private static let hourLength: Int64 = 3_600_000
    private static let dayLength = 24 * hourLength
    private static let standardOffset = -5 * hourLength
    private static let daylightOffset = -4 * hourLength
    /// 1992-05-03T05:00Z up to 1993-02-07T04:00Z.
    private static let daylight: Range<Int64> = 704_869_200_000..<729_057_600_000

    private static func padded(_ number: Int, to length: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, length - digits.count)) + digits
    }
}
