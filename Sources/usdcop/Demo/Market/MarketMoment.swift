import CacheServices

/// The place of a step on the market's calendar. Pure: the number of a step says everything.
///
/// A trading day is Monday to Friday, Bogotá time, and has 319 steps: one for each minute of the session from 08:00 to 12:59, and one for
/// each full hour outside of it, when only a few quotes come from abroad. Weekends are left out; holidays are not known.
struct MarketMoment: Equatable, Sendable {
    static let hoursBefore = 8
    static let minutesOfSession = 300
    static let hoursAfter = 11
    static let stepsInDay = hoursBefore + minutesOfSession + hoursAfter

    /// The calendar begins on Monday, 6 January 2025.
    private static let firstDay: Int64 = 20_094

    /// The number of the step, from 0.
    let step: Int

    private var dayIndex: Int { step / Self.stepsInDay }
    private var stepOfDay: Int { step % Self.stepsInDay }

    /// Days since 1 January 1970.
    var day: Int64 { Self.firstDay + Int64(dayIndex / 5 * 7 + dayIndex % 5) }

    /// Whether the market trades.
    var isOpen: Bool { (Self.hoursBefore..<Self.hoursBefore + Self.minutesOfSession).contains(stepOfDay) }

    /// The first step of a session.
    var opens: Bool { stepOfDay == Self.hoursBefore }

    /// The first step after a session.
    var closes: Bool { stepOfDay == Self.hoursBefore + Self.minutesOfSession }

    /// The first step of a day.
    var beginsDay: Bool { stepOfDay == 0 }

    /// The first step after a weekend.
    var followsWeekend: Bool { beginsDay && dayIndex % 5 == 0 }

    /// How far the session is, 0 to 1; nil outside of it.
    var sessionProgress: Double? {
        isOpen ? Double(stepOfDay - Self.hoursBefore) / Double(Self.minutesOfSession - 1) : nil
    }

    /// Minutes since midnight.
    var minuteOfDay: Int {
        if stepOfDay < Self.hoursBefore { return stepOfDay * 60 }
        let minute = stepOfDay - Self.hoursBefore
        return isOpen ? 480 + minute : 480 + Self.minutesOfSession + (minute - Self.minutesOfSession) * 60
    }

    /// The instant, as the market's own clock has it.
    var time: Timestamp { Timestamp(milliseconds: (day * 1440 + Int64(minuteOfDay) + 300) * 60_000) }

    /// Day and time of Bogotá, such as `Tue 2025-02-04 09:31`.
    var text: String {
        let local = Timestamp(milliseconds: (day * 1440 + Int64(minuteOfDay)) * 60_000).iso8601
        return "\(Self.weekdays[dayIndex % 5]) \(local.prefix(10)) \(local.dropFirst(11).prefix(5))"
    }

    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri"]
}
