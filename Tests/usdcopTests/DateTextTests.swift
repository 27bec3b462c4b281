import CacheServices
import Testing

@testable import usdcop

@Suite("A date text")
struct DateTextTests {
    @Test(
        "without an offset is a time in Bogotá",
        arguments: [
            ("2025-08-23", "2025-08-23T05:00:00.000Z"),
            ("23/08/2025", "2025-08-23T05:00:00.000Z"),
            ("23-08-2025", "2025-08-23T05:00:00.000Z"),
            (" 3/8/2025 ", "2025-08-03T05:00:00.000Z"),
            ("23/08/2025 10:30", "2025-08-23T15:30:00.000Z"),
            ("23-08-2025 9:30:15", "2025-08-23T14:30:15.000Z"),
            ("2025-08-23T10:30", "2025-08-23T15:30:00.000Z"),
            ("2025-08-23 23:59:59.9999", "2025-08-24T04:59:59.999Z"),
            ("2025-08-23T00:00:00.000", "2025-08-23T05:00:00.000Z"),
            ("2025-08-23T10:30:00.5", "2025-08-23T15:30:00.500Z"),
            ("29/02/2024", "2024-02-29T05:00:00.000Z"),
            ("29/02/2000", "2000-02-29T05:00:00.000Z"),
            ("01/01/1970", "1970-01-01T05:00:00.000Z"),
            ("31/12/1969", "1969-12-31T05:00:00.000Z"),
        ])
    func bogota(text: String, instant: String) throws {
        #expect(try DateText.instant(text).iso8601 == instant)
    }

    @Test(
        "with an offset is that instant",
        arguments: [
            ("2025-01-15T10:30:00.000Z", "2025-01-15T10:30:00.000Z"),
            ("2025-01-15T10:30:00Z", "2025-01-15T10:30:00.000Z"),
            ("2025-01-15T10:30:00-05:00", "2025-01-15T15:30:00.000Z"),
            ("2025-01-15 10:30:00+01:00", "2025-01-15T09:30:00.000Z"),
            ("2025-01-15t10:30:00z", "2025-01-15T10:30:00.000Z"),
        ])
    func offset(text: String, instant: String) throws {
        #expect(try DateText.instant(text).iso8601 == instant)
    }

    @Test(
        "in the daylight saving time of 1992 is four hours behind UTC",
        arguments: [
            ("02/05/1992", "1992-05-02T05:00:00.000Z"),
            ("03/05/1992", "1992-05-03T05:00:00.000Z"),
            ("03/05/1992 01:00", "1992-05-03T05:00:00.000Z"),
            ("04/05/1992", "1992-05-04T04:00:00.000Z"),
            ("06/02/1993", "1993-02-06T04:00:00.000Z"),
            ("06/02/1993 23:30", "1993-02-07T03:30:00.000Z"),
            ("07/02/1993", "1993-02-07T05:00:00.000Z"),
        ])
    func daylightSaving(text: String, instant: String) throws {
        let read = try DateText.instant(text)
        #expect(read.iso8601 == instant)
    }

    @Test(
        "is refused if there is no such day or time",
        arguments: [
            "31/02/2025", "29/02/2025", "29/02/1900", "31/04/2025", "00/01/2025", "01/00/2025", "01/13/2025", "32/01/2025",
            "2025-13-01", "2025-02-30", "2025-00-10", "0000-01-01", "23/08/2025 24:00", "23/08/2025 10:60", "2025-08-23T10:30:60",
            "2025-02-30T10:30:00Z",
        ])
    func impossible(text: String) {
        #expect(throws: DateTextError.impossible) { try DateText.instant(text) }
    }

    @Test(
        "is refused if its form is unknown",
        arguments: [
            "", " ", "today", "2025", "2025-08", "2025/08/23", "20250823", "23.08.2025", "23/08-2025", "23-08/2025", "23/08/25",
            "1/1/20255", "023/08/2025", "23/08/2025x", "23/08/2025T10:30", "23/08/2025 10", "23/08/2025 1030",
            "23/08/2025 10:3", "23/08/2025 10:30 PM", "2025-8-23", "2025-08-23T", "2025-08-23T10:30:", "2025-08-23T10:30:00.",
            "2025-08-23T10:30:00.1234567890", "2025-08-23T10:30:00+", "２３/08/2025", "-1/01/2025", "1756000000",
            String(repeating: "1", count: 65), "99999999999999999999/01/2025",
        ])
    func malformed(text: String) {
        #expect(throws: DateTextError.malformed) { try DateText.instant(text) }
    }

    @Test("gives each midnight of Bogotá a day of its own, one after the other")
    func days() throws {
        let days = try ["02/05/1992", "03/05/1992", "04/05/1992", "06/02/1993", "07/02/1993", "08/02/1993"].map {
            BogotaTime.day(of: try DateText.instant($0))
        }
        #expect(days == [8157, 8158, 8159, 8437, 8438, 8439])
        #expect(BogotaTime.day(of: try DateText.instant("31/12/1969 23:59")) == -1)
        #expect(BogotaTime.day(of: try DateText.instant("31/12/1969")) == -1)
        #expect(BogotaTime.day(of: try DateText.instant("30/12/1969 23:59")) == -2)
    }
}
