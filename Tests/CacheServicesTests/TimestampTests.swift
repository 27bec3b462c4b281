import FoundationEssentials
import Testing

@testable import CacheServices

@Suite struct TimestampTests {
    @Test(arguments: [
        ("2025-01-15T10:30:00Z", "2025-01-15T10:30:00.000Z"),
        ("2025-01-15t10:30:00z", "2025-01-15T10:30:00.000Z"),
        ("2025-01-15T10:30:00.1Z", "2025-01-15T10:30:00.100Z"),
        ("2025-01-15T10:30:00.12Z", "2025-01-15T10:30:00.120Z"),
        ("2025-01-15T10:30:00.1239999Z", "2025-01-15T10:30:00.123Z"),
        ("2025-01-15T10:30:00.999999999999999999999999Z", "2025-01-15T10:30:00.999Z"),
        ("2025-01-15T10:30:00-05:00", "2025-01-15T15:30:00.000Z"),
        ("2025-01-01T00:30:00+05:45", "2024-12-31T18:45:00.000Z"),
        ("2025-01-15T10:30:00-00:00", "2025-01-15T10:30:00.000Z"),
        ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000Z"),
        ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ("0000-12-31T23:00:00-02:00", "0001-01-01T01:00:00.000Z"),
    ])
    func readsISO8601AndWritesItInUTC(text: String, normalised: String) {
        #expect(Timestamp(iso8601: text)?.iso8601 == normalised)
        #expect(Timestamp(iso8601: normalised)?.description == normalised)
    }

    @Test(arguments: [
        "", "Z", "2025-01-15", "2025-01-15T10:30:00", "2025-01-15T10:30Z", "2025-01-15 10:30:00Z", "20250115T103000Z",
        "2025-1-15T10:30:00Z", "25-01-15T10:30:00Z", "02025-01-15T10:30:00Z", "+2025-01-15T10:30:00Z", "-001-01-15T10:30:00Z",
        "2025-00-15T10:30:00Z", "2025-13-15T10:30:00Z", "2025-01-00T10:30:00Z", "2025-01-32T10:30:00Z", "2025-04-31T10:30:00Z",
        "2025-02-29T10:30:00Z", "1900-02-29T10:30:00Z", "2100-02-29T00:00:00Z", "2024-02-30T00:00:00Z",
        "2025-01-15T24:00:00Z", "2025-01-15T10:60:00Z", "2025-01-15T10:30:60Z", "2016-12-31T23:59:60Z",
        "2025-01-15T10:30:00.Z", "2025-01-15T10:30:00,5Z", "2025-01-15T10:30:00.5", "2025-01-15T10:30:00.-5Z",
        "2025-01-15T10:30:00+0500", "2025-01-15T10:30:00+05", "2025-01-15T10:30:00+24:00", "2025-01-15T10:30:00+05:60",
        "2025-01-15T10:30:00+5:00", "2025-01-15T10:30:00Z ", " 2025-01-15T10:30:00Z", "2025-01-15T10:30:00ZZ", "2025-01-15T10:30:00Z\0",
        "2025-01-15T10:30:00Z\n", "٢٠٢٥-٠١-١٥T١٠:٣٠:٠٠Z", "2025-01-15T10:30:0٠Z", "2025-01-15T10:30:00−05:00",
        "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "1736937000000", "now",
    ])
    func refusesWhatIsNoSuchTime(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test func aLongFractionIsReadOver() {
        let text = "2025-01-15T10:30:00.5" + String(repeating: "9", count: 65_536) + "Z"
        #expect(Timestamp(iso8601: text)?.iso8601 == "2025-01-15T10:30:00.599Z")
    }

    @Test func knowsTheEpoch() {
        #expect(Timestamp(iso8601: "2025-01-15T10:30:00Z")?.milliseconds == 1_736_937_000_000)
        #expect(Timestamp(iso8601: "1970-01-01T00:00:00.001Z")?.milliseconds == 1)
        #expect(Timestamp.earliest.iso8601 == "0001-01-01T00:00:00.000Z")
        #expect(Timestamp.latest.iso8601 == "9999-12-31T23:59:59.999Z")
    }

    @Test func everyDayFollowsTheOneBefore() throws {
        var previous = try #require(CivilDate(year: 1, month: 1, day: 1))
        for day in (previous.daysSince1970 + 1)...(previous.daysSince1970 + 401 * 366) {
            let date = CivilDate(daysSince1970: day)
            #expect(date.daysSince1970 == day)
            #expect(date == CivilDate(year: date.year, month: date.month, day: date.day))
            let isNext = date.day == previous.day + 1 && date.month == previous.month && date.year == previous.year
            let startsMonth = date.day == 1 && date.month == previous.month + 1 && date.year == previous.year
            let startsYear = date.day == 1 && date.month == 1 && previous.month == 12 && date.year == previous.year + 1
            #expect(isNext || startsMonth || startsYear)
            previous = date
        }
    }

    @Test func nowIsWhatFoundationSays() {
        let (before, now, after) = (Timestamp(Date()), Timestamp.now, Timestamp(Date()))
        #expect((before...after).contains(now))
    }

    @Test func agreesWithFoundation() throws {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for milliseconds in stride(from: Int64(-62_135_596_800_000), through: 253_402_300_799_999, by: 1_234_567_891_237) {
            let timestamp = Timestamp(milliseconds: milliseconds)
            #expect(Timestamp(iso8601: timestamp.iso8601) == timestamp)
            guard milliseconds > -2_000_000_000_000 else { continue }
            let date = try style.parse(timestamp.iso8601)
            #expect(Timestamp(date) == timestamp)
            #expect(Timestamp(timestamp.date) == timestamp)
        }
    }

    @Test func whatLiesOutsideBecomesTheNearestEnd() {
        #expect(Timestamp(milliseconds: .max) == .latest)
        #expect(Timestamp(milliseconds: .min) == .earliest)
        #expect(Timestamp(Date(timeIntervalSince1970: .infinity)) == .latest)
        #expect(Timestamp(Date(timeIntervalSince1970: -1e300)) == .earliest)
        #expect(Timestamp(Date(timeIntervalSince1970: .nan)) == .earliest)
        #expect(Timestamp.latest + .seconds(Int64.max) == .latest)
        #expect(Timestamp.earliest - .seconds(Int64.max) == .earliest)
        #expect(Timestamp.earliest + .seconds(Int64.min) == .earliest)
        #expect(Timestamp.earliest - .seconds(Int64.min) == .latest)
    }

    @Test func timesAreComparedAndMovedByDurations() {
        let start = Timestamp(milliseconds: 1_000)
        #expect(start + .milliseconds(1_500) == Timestamp(milliseconds: 2_500))
        #expect(start - .milliseconds(1_500) == Timestamp(milliseconds: -500))
        #expect(start + .microseconds(-1_500) == Timestamp(milliseconds: 999))
        #expect(Timestamp(milliseconds: 2_500) - start == .milliseconds(1_500))
        #expect(start < start + .milliseconds(1))
        #expect(abs((Timestamp.now.date.timeIntervalSinceNow)) < 60)
    }
}
