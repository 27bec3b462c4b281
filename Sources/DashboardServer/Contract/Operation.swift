import CacheServices
import HTTPTypes

/// What the contract says of one method of one route beyond what the route table knows.
struct Operation: Sendable {
    /// What operations belong together.
    enum Tag: String, Sendable, CaseIterable {
        case signals, positions, metrics, audit, health, latency, performance, alerts, stream, service, page

        var sentence: String {
            switch self {
            case .signals: "The signals of the models: the latest, and up to \(CacheRules.historyLength) of each symbol."
            case .positions: "What the desk holds."
            case .metrics: "The figures of the desk, and metrics of its own."
            case .audit: "The audit trail: chained, signed, and only appended to."
            case .health: "The services that the desk depends on."
            case .latency: "How long the desk's services take."
            case .performance: "How long the desk's operations take."
            case .alerts: "What people were to be told, and what they were told."
            case .stream: "What happens, as it happens."
            case .service: "This service itself."
            case .page: "The dashboard and its files, and this document."
            }
        }
    }

    /// What an answer has to wait for.
    enum Reach: Sendable {
        /// Nothing that can be away.
        case itself
        /// Work that has a time, and goes on without Redis.
        case time
        /// One step of Redis.
        case redis
        /// Several steps, which together have a time.
        case steps
    }

    /// What a request brings.
    struct Body: Sendable {
        let schema: Schema
        let examples: [OperationExample]
    }

    /// An answer that is no error.
    struct Reply: Sendable {
        let status: Int
        let sentence: String
        let type: Answer.MediaType
        /// What is no JSON is a text; of a stream, it is each event.
        let schema: Schema
        let examples: [OperationExample]
        /// Headers beside those of every answer.
        let headers: [String]
    }

    /// Unique, and what generated clients call it.
    let id: String
    let tag: Tag
    let summary: String
    var detail = ""
    /// How its query is read, by the same code that reads it for a request.
    var query: QueryShape.Reading = { reader throws(Problem) in try reader.finish() }
    var queryExamples: [OperationExample] = []
    /// Names of header parameters among the document's components.
    var headers: [String] = []
    var body: Body?
    var replies: [Reply] = []
    /// Errors beside those of every operation of its kind.
    var problems: [ProblemCode] = []
    var reach = Reach.redis

    init(_ id: String, _ tag: Tag, _ summary: String, reach: Reach = .redis) {
        self.id = id
        self.tag = tag
        self.summary = summary
        self.reach = reach
    }
}

/// Said one after the other, so that an operation reads as a sentence.
extension Operation {
    func explained(_ detail: String) -> Operation { changed { $0.detail = detail } }

    func reads(_ examples: [OperationExample], _ reading: @escaping QueryShape.Reading) -> Operation {
        changed { ($0.query, $0.queryExamples) = (reading, examples) }
    }

    func header(_ name: String) -> Operation { changed { $0.headers.append(name) } }

    func takes(_ schema: Schema, _ examples: [OperationExample]) -> Operation {
        changed { $0.body = Body(schema: schema, examples: examples) }
    }

    func answers(
        status: Int = 200, _ sentence: String, _ schema: Schema, _ examples: [OperationExample] = [], headers: [String] = []
    ) -> Operation {
        changed {
            $0.replies.append(
                Reply(status: status, sentence: sentence, type: .json, schema: schema, examples: examples, headers: headers))
        }
    }

    /// An answer that is no JSON.
    func answers(
        _ type: Answer.MediaType, _ sentence: String, _ schema: Schema = .string, example: JSONValue? = nil, headers: [String] = []
    ) -> Operation {
        changed {
            $0.replies.append(
                Reply(
                    status: 200, sentence: sentence, type: type, schema: schema,
                    examples: example.map { [OperationExample("example", $0)] } ?? [], headers: headers))
        }
    }

    func refuses(_ problems: ProblemCode...) -> Operation { changed { $0.problems += problems } }

    private func changed(_ change: (inout Operation) -> Void) -> Operation {
        var operation = self
        change(&operation)
        return operation
    }
}
