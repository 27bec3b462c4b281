import CacheServices
import HealthServices

extension Operations {
    static let health: [String: Operation] = [
        "GET /api/health/services": getHealth,
        "POST /api/health/services": checkService,
        "PUT /api/health/services/{name}": registerService,
        "DELETE /api/health/services/{name}": unregisterService,
        "GET /api/alerts": getAlerts,
    ]

    private static let getHealth: Operation = Operation("getHealth", .health, "Reads how the services are", reach: .steps)
        .explained("`type` chooses: `status`, `registry`, or the `history` of one service. `refresh=true` checks all of them first.")
        .reads([
            .init("status", ["type": "status"]), .init("checked now", ["refresh": "true"]), .init("registry", ["type": "registry"]),
            .init("history", ["type": "history", "service": "redis", "limit": 20]),
        ]) { reader throws(Problem) in _ = try HealthServicesQuery(&reader) }
        .answers(
            "What `type` asks for; nothing is unhealthy.",
            .any([
                Schema.ref("SystemHealth").titled("status"),
                .object([
                    "timestamp": .timestamp, "services": .array(.ref("RegisteredService")), "statuses": .array(.ref("ServiceHealth")),
                    "summary": .object([
                        "total_services": .count, "services_with_status": .count, "healthy": .count, "degraded": .count,
                        "unhealthy": .count, "avg_latency_ms": Schema.figure.orNull,
                    ]),
                ]).titled("registry"),
                .object(["service": .name, "count": .count, "history": .array(.ref("HealthSample"))]).titled("history"),
            ]),
            [
                .init(
                    "status",
                    [
                        "overall_status": "healthy", "timestamp": ContractSamples.time, "services": [ContractSamples.health],
                        "summary": ["total_services": 1, "healthy_services": 1, "degraded_services": 0, "unhealthy_services": 0],
                        "source": "monitor",
                    ])
            ]
        )
        .answers(status: 503, "A service is unhealthy; or, as a problem, the service cannot answer now.", .ref("SystemHealth"))
        .refuses(.notFound, .dataConflict)

    private static let checkService: Operation = Operation("checkService", .health, "Checks a service now", reach: .time)
        .takes(Schema.object(["service": .name]).closed, [.init("redis", ["service": "redis"])])
        .answers("How it is, whatever that is.", .ref("ServiceHealth"), [.init("healthy", ContractSamples.health)])
        .refuses(.notFound)

    private static let registerService: Operation = Operation("registerService", .health, "Watches a service", reach: .steps)
        .explained("All processes know it, and one of them checks it. Nobody registers `redis`, which is always watched.")
        .takes(
            .ref("ServiceRegistration"),
            [.init("gateway", ["url": "http://127.0.0.1:8090/livez", "check_interval_ms": 10_000, "timeout_ms": 2000])]
        )
        .answers("It was known, and is as it is said now.", .object(["service": .any([.ref("RegisteredService"), .null])]))
        .answers(
            status: 201, "It is new.", .object(["service": .any([.ref("RegisteredService"), .null])]),
            [
                .init(
                    "new",
                    [
                        "service": [
                            "name": "gateway", "url": "http://127.0.0.1:8090/livez", "check_interval_ms": 10_000, "timeout_ms": 2000,
                            "checked_by": "url", "origin": "administrator",
                        ]
                    ])
            ]
        ).refuses(.tooManyServices, .dataConflict)

    private static let unregisterService: Operation = Operation("unregisterService", .health, "Watches a service no more", reach: .steps)
        .explained("`redis` is always watched.")
        .answers("Its name.", .object(["unregistered": .name]), [.init("gateway", ["unregistered": "gateway"])])
        .refuses(.notFound, .validationFailed, .dataConflict)

    private static let getAlerts: Operation = Operation("getAlerts", .alerts, "Reads what people were to be told", reach: .steps)
        .reads([.init("newest", ["limit": 20])]) { reader throws(Problem) in _ = try AlertsController.limit(&reader) }
        .answers(
            "Newest first, each with who was told.",
            .object(["count": .count, "alerts": .array(.ref("Alert")), "unreadable?": .array(.streamID)]),
            [.init("none", ["count": 0, "alerts": []])]
        ).refuses(.dataConflict)
}
