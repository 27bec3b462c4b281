/// A trading signal of a model, valid by construction (Seed: SignalCacheData).
public struct Signal: Sendable, Hashable {
    /// How far the time of a signal may lie ahead of the clock; whoever has the clock checks it.
    public static let maximumFutureSkew: Duration = .seconds(300)

    package enum Limits {
        package static let signalID = TextRule(maximumLength: 128)
        package static let modelVersion = TextRule(maximumLength: 64)
        package static let featureName = TextRule(maximumLength: 64)
        package static let featureCount = 256
        package static let confidence = NumberRule.range(0...1)
        package static let price = NumberRule.positive
        package static let executionLatencyMS = NumberRule.range(0...1e9)
    }

    /// The signal's own name, 1 to 128 printable characters.
    public let signalID: String
    /// When the model gave the signal.
    public let timestamp: Timestamp
    /// What it is about.
    public let symbol: Symbol
    /// What it advises.
    public let action: SignalAction
    /// How sure the model is, 0 to 1.
    public let confidence: Double
    /// The price at that time, finite and greater than 0.
    public let price: Double
    /// What the model looked at: at most 256 finite numbers under names of 1 to 64 printable characters.
    public let features: [String: Double]
    /// Which model it was, 1 to 64 printable characters.
    public let modelVersion: String
    /// How long the model took, in milliseconds, 0 to 1e9.
    public let executionLatencyMS: Double
    /// Fields that a newer writer stored and this version does not know; they are written back unchanged.
    public let unknown: [JSONValue.Member]

    /// Makes a signal of checked values; throws a list of everything that is out of its range.
    public init(
        signalID: String,
        timestamp: Timestamp,
        symbol: Symbol,
        action: SignalAction,
        confidence: Double,
        price: Double,
        features: [String: Double],
        modelVersion: String,
        executionLatencyMS: Double
    ) throws(ValidationError) {
        var problems: [FieldProblem] = []
        Limits.confidence.check(confidence, "confidence", &problems)
        Limits.executionLatencyMS.check(executionLatencyMS, "execution_latency_ms", &problems)
        Self.check(features, &problems)
        Limits.modelVersion.check(modelVersion, "model_version", &problems)
        Limits.price.check(price, "price", &problems)
        Limits.signalID.check(signalID, "signal_id", &problems)
        guard problems.isEmpty else { throw ValidationError(problems) }
        self.init(
            validSignalID: signalID, timestamp: timestamp, symbol: symbol, action: action, confidence: confidence, price: price,
            features: features, modelVersion: modelVersion, executionLatencyMS: executionLatencyMS, unknown: []
        )
    }

    init(
        validSignalID signalID: String, timestamp: Timestamp, symbol: Symbol, action: SignalAction, confidence: Double, price: Double,
        features: [String: Double], modelVersion: String, executionLatencyMS: Double, unknown: [JSONValue.Member]
    ) {
        self.signalID = signalID
        self.timestamp = timestamp
        self.symbol = symbol
        self.action = action
        self.confidence = confidence
        self.price = price
        self.features = features
        self.modelVersion = modelVersion
        self.executionLatencyMS = executionLatencyMS
        self.unknown = unknown
    }

    /// Whether another signal goes before this one as the latest: by time, then by the bytes of the signal's name.
    public func isOlder(than other: Signal) -> Bool {
        timestamp == other.timestamp ? signalID.precedesInUTF8(other.signalID) : timestamp < other.timestamp
    }

    private static func check(_ features: [String: Double], _ problems: inout [FieldProblem]) {
        guard features.count <= Limits.featureCount else {
            problems.append(
                FieldProblem(field: "features", code: .outOfRange, sentence: "must have at most \(Limits.featureCount) names"))
            return
        }
        for (name, value) in features.sorted(by: { $0.key.precedesInUTF8($1.key) }) {
            let field = "features.\(FieldProblem.shown(name))"
            Limits.featureName.check(name, field, &problems)
            NumberRule.finite.check(value, field, &problems)
        }
    }
}
