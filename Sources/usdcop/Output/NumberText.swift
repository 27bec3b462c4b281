import Foundation

/// Numbers for people: thousands separated by commas, as many decimals as the size of the number makes sense of.
enum NumberText {
    /// A price or an amount: two decimals from 1,000 on, four from 1 on, else six significant digits.
    static func amount(_ value: Double?) -> String {
        guard let value else { return "–" }
        guard value.isFinite, abs(value) < 1e15 else { return value.description }
        if abs(value) >= 1000 || value == 0 { return fixed(value, decimals: 2) }
        if abs(value) >= 1 { return trimmed(fixed(value, decimals: 4)) }
        return String(format: "%.6g", value)
    }

    /// Any number, with at most six decimals.
    static func plain(_ value: Double?) -> String {
        guard let value else { return "–" }
        guard value.isFinite, abs(value) < 1e15, value == 0 || abs(value) >= 1e-6 else { return value.description }
        return value == value.rounded() ? integer(Int(value)) : trimmed(fixed(value, decimals: 6), atLeast: 0)
    }

    /// A fraction as a percentage with one decimal.
    static func percent(_ fraction: Double?) -> String {
        fraction.map { fixed($0 * 100, decimals: 1) + "%" } ?? "–"
    }

    /// A whole number with separated thousands.
    static func integer(_ value: Int?) -> String {
        value.map { grouped(String($0)) } ?? "–"
    }

    /// A time that has passed or is left, with one unit.
    static func duration(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        return switch abs(seconds) {
        case ..<1: "\(Int((seconds * 1000).rounded())) ms"
        case ..<120: fixed(seconds, decimals: 1) + " s"
        case ..<7200: fixed(seconds / 60, decimals: 1) + " min"
        case ..<172_800: fixed(seconds / 3600, decimals: 1) + " h"
        default: fixed(seconds / 86_400, decimals: 1) + " d"
        }
    }

    private static func fixed(_ value: Double, decimals: Int) -> String {
        grouped(String(format: "%.\(decimals)f", value))
    }

    /// Takes zeros off the end until two decimals, or as many as said, are left.
    private static func trimmed(_ text: String, atLeast decimals: Int = 2) -> String {
        guard let point = text.lastIndex(of: ".") else { return text }
        var text = text
        while text.last == "0", text.distance(from: point, to: text.endIndex) > decimals + 1 { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    private static func grouped(_ digits: String) -> String {
        let sign = digits.hasPrefix("-") ? "-" : ""
        let unsigned = digits.dropFirst(sign.count)
        let whole = unsigned.prefix { $0 != "." }
        var result = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return sign + result + unsigned.dropFirst(whole.count)
    }
}
