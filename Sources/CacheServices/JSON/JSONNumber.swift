/// A finite JSON number.
///
/// Equal numbers have equal text: minus zero is stored as zero, and a number is written in one form only. Every `Double` and every
/// integer of 64 bits with a sign keeps its exact value; other digits are rounded to the nearest `Double` (RFC 8259, section 6).
public struct JSONNumber: Sendable, Hashable {
    private enum Storage: Sendable, Hashable {
        case double(Double)
        /// An integer that no `Double` equals, such as a count of nanoseconds.
        case integer(Int64)
    }

    private let storage: Storage

    /// Keeps a number, or answers nil for a NaN or an infinity, which JSON cannot say.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        self.init(finite: value)
    }

    /// Keeps an integer exactly.
    public init(_ value: Int64) {
        if let double = Double(exactly: value) {
            self.init(finite: double)
        } else {
            self.init(storage: .integer(value))
        }
    }

    /// Keeps an integer exactly.
    public init(_ value: Int) {
        self.init(Int64(value))
    }

    init(finite value: Double) {
        self.init(storage: .double(value == 0 ? 0 : value))
    }

    private init(storage: Storage) {
        self.storage = storage
    }

    /// The number, rounded to the nearest `Double` where it is an integer beyond ±2^53; always finite.
    public var value: Double {
        switch storage {
        case .double(let value): value
        case .integer(let value): Double(value)
        }
    }

    /// The number as an integer, or nil when it has a fraction or does not fit.
    public var integer: Int? {
        switch storage {
        case .double(let value): Int(exactly: value)
        case .integer(let value): Int(exactly: value)
        }
    }

    /// The canonical text: all digits of an integer of 64 bits (`45`), else the shortest that reads back the same (`0.82`, `1e-07`).
    public var text: String {
        switch storage {
        case .integer(let value):
            value.description
        case .double(let value):
            Int64(exactly: value)?.description ?? value.description
        }
    }
}

extension JSONNumber: CustomStringConvertible {
    /// The canonical text.
    public var description: String { text }
}
