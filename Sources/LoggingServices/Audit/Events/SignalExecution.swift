public import CacheServices

/// What became of a signal at the market, valid by construction (Seed: execution of `logSignalExecuted`).
public struct SignalExecution: Sendable, Hashable {
    /// The execution's own name, 1 to 128 printable characters.
    public let executionID: String
    /// The price that was paid, finite and greater than 0.
    public let price: Double
    /// How much was dealt, finite.
    public let quantity: Double
    /// How it ended, such as `filled`: 1 to 64 printable characters.
    public let status: String
    /// When it was done.
    public let timestamp: Timestamp

    /// Throws a list of everything that is out of its range.
    public init(executionID: String, price: Double, quantity: Double, status: String, timestamp: Timestamp) throws(ValidationError) {
        var problems: [FieldProblem] = []
        problems.note("execution_id", executionID, TextRule(maximumLength: 128))
        problems.note("price", price, .positive)
        problems.note("quantity", quantity, .finite)
        problems.note("status", status, TextRule(maximumLength: 64))
        guard problems.isEmpty else { throw ValidationError(problems) }
        self.executionID = executionID
        self.price = price
        self.quantity = quantity
        self.status = status
        self.timestamp = timestamp
    }

    /// The execution as it goes over the wire.
    public var jsonValue: JSONValue {
        [
            "execution_id": .string(executionID), "price": .finite(price), "quantity": .finite(quantity), "status": .string(status),
            "timestamp": .string(timestamp.iso8601),
        ]
    }
}

extension [FieldProblem] {
    mutating func note(_ field: String, _ text: String, _ rule: TextRule) {
        if let code = rule.problem(with: text) { append(FieldProblem(field: field, code: code, sentence: rule.sentence)) }
    }

    mutating func note(_ field: String, _ number: Double, _ rule: NumberRule) {
        if !rule.allows(number) { append(FieldProblem(field: field, code: .outOfRange, sentence: rule.sentence)) }
    }
}
