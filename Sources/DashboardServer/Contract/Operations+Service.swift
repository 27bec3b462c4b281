import CacheServices
import LoggingServices

extension Operations {
    static let service: [String: Operation] = [
        "GET /api/cache/stats": getCacheStats,
        "GET /livez": getLiveness,
        "GET /readyz": getReadiness,
        "GET /metrics": getExposition,
        "GET /api/stream": followStream,
    ]

    private static let getCacheStats: Operation = Operation(
        "getCacheStats", .service, "Reads how the cache is used, and what stores it", reach: .steps
    )
    .answers(
        "`redis_cli` is the command line that reaches the same Redis; `events` says why events do not arrive, where somebody listens and they do not.",
        .object([
            "stats": .any([.ref("CacheStats"), .null]), "backend": .ref("Backend"), "ready": .ref("Readiness"),
            "durability": .ref("Durability"), "namespace": .string, "redis_cli": Schema.string.orNull,
            "events": .any([.object(["code": .string, "detail": .string]), .null]),
        ]),
        [
            .init(
                "redis",
                [
                    "stats": ["hits": 10, "misses": 2, "size": 3, "hit_rate": 0.83, "memory_usage_mb": 0.01],
                    "backend": ContractSamples.backend, "ready": .object(ContractSamples.readiness),
                    "durability": "aof-everysec", "namespace": "usdcop", "redis_cli": "redis-cli -h 127.0.0.1 -p 6379",
                    "events": .null,
                ])
        ]
    )

    private static let getLiveness: Operation = Operation("getLiveness", .service, "Says that the process lives", reach: .itself)
        .answers("It does.", .object(["status": .word("alive")]), [.init("alive", ["status": "alive"])])

    private static let getReadiness: Operation = Operation("getReadiness", .service, "Says whether to send requests here", reach: .itself)
        .answers("Yes.", .ref("Readiness"), [.init("ready", .object(ContractSamples.readiness))])
        .refuses(.notReady)

    private static let getExposition: Operation = Operation(
        "getExposition", .service, "Shows what this process counts, for Prometheus", reach: .time
    )
    .answers(.prometheus, "The text format of Prometheus.", example: "# TYPE usdcop_build_info gauge\nusdcop_build_info 1\n")

    private static let followStream: Operation = Operation("followStream", .stream, "Sends what happens, as it happens", reach: .itself)
        .explained(
            """
            Server-Sent Events without end. First `open` with `{"server", "cursor"}`; then one event for each change, named after its \
            topic, with `{"event", "key", "value"}`, where the value is the whole new one; `reset` with `{"lost"}` where events are \
            missing; `bye` with `{"reason"}` at the end. `id` is the place, from which any server of the same Redis goes on. A \
            comment every 15 s keeps the connection.
            """
        )
        .reads([.init("some", ["topics": ["signals", "health"]])]) { reader throws(Problem) in _ = try StreamQuery.read(&reader) }
        .header("LastEventID")
        .answers(
            .eventStream, "The events, until either side ends the connection.", .ref("StreamEvent"),
            example: [
                "event": "signals", "id": "1736937000000-0.7_1736937000000-0.3",
                "data": "{\"event\":\"published\",\"key\":\"signal:latest\",\"value\":{}}",
            ]
        )
        .refuses(.tooManyStreams)

    static let page: [String: Operation] = [
        "GET /": getPage,
        "GET /elements.js": getElements,
        "GET /assets/{build}/{file}": getAsset,
        "GET /openapi.json": getContract,
        "GET /docs": getDocumentation,
        "GET /docs/{file}": getDocumentationFile,
    ]

    private static let getPage: Operation = Operation("getPage", .page, "The dashboard", reach: .itself).answers(.html, "The page.")

    private static let getElements: Operation = Operation(
        "getElements", .page, "The dashboard's elements for pages of others", reach: .itself
    ).answers(.javaScript, "A module that defines them.")

    private static let getAsset: Operation = Operation("getAsset", .page, "A file of the dashboard", reach: .itself)
        .answers(.javaScript, "The file.").answers(.css, "The file.").answers(.svg, "The file.")
        .refuses(.notFound)

    private static let getContract: Operation = Operation("getContract", .page, "This document", reach: .itself).answers(
        "An OpenAPI 3.1 document.", .object)

    private static let getDocumentation: Operation = Operation(
        "getDocumentation", .page, "This document, to be read and tried", reach: .itself
    ).answers(.html, "The page; without Swagger UI, how to install it.")

    private static let getDocumentationFile: Operation = Operation("getDocumentationFile", .page, "A file of that page", reach: .itself)
        .answers(.javaScript, "The file.").answers(.css, "The file.").refuses(.notFound)
}
