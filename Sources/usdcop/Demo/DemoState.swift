import CacheServices

/// What a demo leaves in its namespace: the sign that the namespace is a demo's, and the place at which it goes on.
struct DemoState: Equatable, Sendable {
    /// The version of the model (``DemoDesk/version``).
    var model = DemoDesk.version
    var seed: UInt64
    /// The last step that was published.
    var step: Int
    /// Whether everything in the namespace came from demos: it was empty when the first one began.
    var isOwn: Bool

    /// As it stands in Redis.
    var json: [UInt8] {
        JSONWriter.bytes([
            "by": "usdcop demo", "model": .integer(model), "own": .bool(isOwn), "seed": .integer(Int(seed)), "step": .integer(step),
        ])
    }

    init(seed: UInt64, step: Int, isOwn: Bool) {
        (self.seed, self.step, self.isOwn) = (seed, step, isOwn)
    }

    /// Reads what Redis holds; nil for what no demo wrote.
    init?(stored bytes: [UInt8]) {
        guard let value = try? JSONParser.parse(bytes, duplicateKeys: .lastWins), value["by"] == "usdcop demo",
            case .bool(let isOwn) = value["own"], let model = Self.count(value["model"]), let seed = Self.count(value["seed"]),
            let step = Self.count(value["step"])
        else { return nil }
        self.init(seed: UInt64(seed), step: step, isOwn: isOwn)
        self.model = model
    }

    private static func count(_ value: JSONValue?) -> Int? {
        guard case .number(let number) = value, let integer = number.integer, integer >= 0 else { return nil }
        return Int(integer)
    }
}
