import CacheServices
import Foundation

/// An alert as an e-mail (RFC 5322): headers in ASCII, the text in UTF-8 as base64. Pure.
///
/// Nothing of an alert can become a header of its own: addresses are valid by construction, and whatever else comes from outside is an
/// encoded word or hexadecimal as soon as it has a character that is not printable ASCII.
struct EmailMessage: Sendable {
    let from: EmailAddress
    let to: EmailAddress
    let alert: Alert
    let date: Timestamp

    var bytes: [UInt8] {
        let headers = [
            ("Date", Self.date(date)), ("From", from.rawValue), ("To", to.rawValue), ("Subject", EncodedWord.header(subject)),
            ("Message-ID", "<\(Self.token(alert.id))@\(from.domain)>"), ("X-Usdcop-Alert", Self.token(alert.id)),
            ("Auto-Submitted", "auto-generated"), ("MIME-Version", "1.0"), ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "base64"),
        ]
        let head = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
        let body = Data(text.utf8).base64EncodedString(options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
        return Array("\(head)\r\n\(body)\r\n".utf8)
    }

    private var subject: String {
        let what =
            switch alert.subject {
            case .service(let name, _, let state): "\(name) is \(state)"
            case .risk(let severity, let symbol): "\(severity ?? "a") risk alert for \(symbol)"
            }
        return "[usdcop] \(what)"
    }

    private var text: String {
        var lines = [alert.message, ""]
        for member in (alert.jsonValue.members ?? []).sorted(by: { $0.name < $1.name }) where member.name != "message" {
            let value = member.value.text ?? String(decoding: JSONWriter.bytes(member.value), as: UTF8.self)
            lines.append("\(member.name): \(value)")
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// `Wed, 15 Jan 2025 10:30:00 +0000`
    static func date(_ time: Timestamp) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let (quotient, remainder) = time.milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        let day = Int((quotient - (remainder < 0 ? 1 : 0)) % 7)
        // Always `2025-01-15T10:30:00.000Z`.
        let text = Array(time.iso8601)
        let month = Int(String(text[5..<7])) ?? 1
        return
            "\(days[day < 0 ? day + 7 : day]), \(String(text[8..<10])) \(months[month - 1]) \(String(text[0..<4])) \(String(text[11..<19])) +0000"
    }

    /// An identity as a dot-atom: letters, digits, `-` and `_` as they are, everything else as `=` and two hexadecimal digits.
    static func token(_ id: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let bytes: [UInt8] = id.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                [byte]
            default: [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
