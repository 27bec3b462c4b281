import CacheServices

/// Why the events of a stream do not arrive.
enum StreamTrouble: Sendable, Hashable {
    /// The streams cannot be read at the moment, whatever else Redis answers.
    case away
    /// Something else stands in the place of a stream.
    case damaged(key: String)

    /// For the topic `backend`, so that nobody takes silence for a quiet market.
    var jsonValue: JSONValue {
        switch self {
        case .away: ["code": "stream_away", "detail": "Events do not arrive: the streams in Redis cannot be followed at the moment."]
        case .damaged(let key):
            [
                "code": "stream_damaged",
                "detail": .string("Some events do not arrive: what is stored under \(key) is no stream. It was left as it is."),
            ]
        }
    }
}
