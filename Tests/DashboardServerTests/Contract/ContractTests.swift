import CacheServices
import HTTPTypes
import LoggingServices
import TestTurns
import Testing

@testable import DashboardServer

/// The document beside the code that serves: whatever stands on one side only fails here.
@Suite(.takesTurns, .serialized, .sharedService { $0.keys = ContractKeys.ring }, .timeLimit(.minutes(2)))
struct ContractTests {
    private func document() async throws -> ContractReading {
        let document = ContractReading(try await service().get("/openapi.json").json)
        // A loop over nothing finds nothing wrong.
        try #require(document.operations.count >= 35)
        return document
    }

    private func service() throws -> RunningService { try #require(SharedService.current) }

    @Test func `every method of every route is an operation, and there is no other`() async throws {
        let document = try await document()
        let served = try service().service.routes.routes.flatMap { route in
            route.endpoints.map { "\($0.method.rawValue) \(route.pattern.text)" }
        }
        #expect(Set(document.operations.map(\.name)) == Set(served))
        #expect(Set(Operations.all.keys) == Set(served))
        #expect(Set(document.operations.compactMap { $0.value["operationId"]?.text }).count == served.count)
    }

    @Test func `every operation has the role of the route table`() async throws {
        let document = try await document()
        for route in try service().service.routes.routes {
            for endpoint in route.endpoints {
                let operation = try #require(document.operation("\(endpoint.method.rawValue) \(route.pattern.text)"))
                #expect(operation["x-role"]?.text == endpoint.role?.rawValue)
                #expect(operation["security"]?.elements?.isEmpty == (endpoint.role == nil))
                #expect((operation["requestBody"] != nil) == (endpoint.body != .none))
            }
        }
    }

    @Test func `every parameter of a path stands in the document`() async throws {
        let document = try await document()
        for route in try service().service.routes.routes {
            let said = (document.paths[route.pattern.text]?["parameters"]?.elements ?? []).filter { $0["in"] == "path" }
            #expect(said.compactMap { $0["name"]?.text } == route.pattern.parameterNames)
        }
    }

    /// The service says itself what it allows when something else is asked.
    @Test func `a query may have the parameters of the document and no others`() async throws {
        let (document, service) = (try await document(), try service())
        try #require(document.operations.flatMap(\.queryVariants).count >= 50)
        for operation in document.operations {
            for variant in operation.queryVariants {
                let chosen = variant.kind.map { "type=\($0)&" } ?? ""
                let reply = try await service.request(
                    operation.method, "\(operation.target)?\(chosen)nothing_of_this_name=1",
                    headers: [("X-API-Key", ContractKeys.administrator)])
                #expect(reply.status == 400, "\(operation.name) \(chosen)")
                let detail = reply.json["errors"]?.elements?.first { $0["parameter"] == "nothing_of_this_name" }?["detail"]?.text
                #expect(
                    ContractReading.list(in: try #require(detail), behind: "allowed are ") == variant.names, "\(operation.name) \(chosen)")
            }
        }
    }

    @Test func `a body may have the fields of the document and no others, and needs those that are required`() async throws {
        let (document, service) = (try await document(), try service())
        var count = 0
        for operation in document.operations {
            #expect(operation.bodyExamples.isEmpty == (operation.bodySchema == .null), "\(operation.name)")
            for example in operation.bodyExamples {
                let places = document.closedObjects(in: example, operation.bodySchema)
                count += places.count
                for place in places {
                    let stranger = place.adding("nothing_of_this_name", to: example)
                    let refused = try await send(operation, stranger, service)
                    #expect(refused.status == 422, "\(operation.name) \(place.path)")
                    let detail = refused.json["errors"]?.elements?.first { $0["code"] == "unknown" }?["detail"]?.text
                    let known = ContractReading.list(in: try #require(detail, "\(operation.name)"), behind: "known are ")
                    #expect(known == place.properties, "\(operation.name) \(place.path)")
                    for name in place.present where !place.isNeededByCount {
                        let reply = try await send(operation, place.removing(name, from: example), service)
                        #expect((reply.status == 422) == place.required.contains(name), "\(operation.name) without \(name): \(reply.text)")
                    }
                }
            }
        }
        #expect(count >= 20)
    }

    @Test func `every example of a body is accepted`() async throws {
        let document = try await document()
        try #require(document.operations.flatMap(\.bodyExamples).count >= 15)
        let state = try ScratchState()
        try await RunningService.with {
            ($0.keys, $0.audit.stateDirectory) = (ContractKeys.ring, state.url)
        } _: { (service) async throws in
            for operation in document.operations {
                for example in operation.bodyExamples {
                    let reply = try await send(operation, example, service)
                    #expect((200...299).contains(reply.status), "\(operation.name): \(reply.text)")
                    #expect(operation.statuses.contains(reply.status))
                }
            }
        }
    }

    @Test func `every example of a query is accepted`() async throws {
        let (document, service) = (try await document(), try service())
        try #require(document.operations.flatMap(\.queryExamples).count >= 20)
        for operation in document.operations where operation.name != "GET /api/stream" {
            for query in operation.queryExamples {
                let reply = try await service.request(
                    operation.method, "\(operation.target)?\(query)", headers: [("X-API-Key", ContractKeys.administrator)])
                // A service that another test registered may be unhealthy, which is an answer and no problem.
                #expect(reply.code == nil && operation.statuses.contains(reply.status), "\(operation.name) \(query): \(reply.text)")
            }
        }
    }

    @Test func `every code of a problem stands with its status, and there is no other`() async throws {
        let responses = try #require(try await document().json["components"]?["responses"]?.members)
        let listed = responses.flatMap { response in
            (response.value["content"]?["application/problem+json"]?["schema"]?["allOf"]?.elements?.last?["properties"]?["code"]?["enum"]?
                .elements ?? []).compactMap(\.text).map { "\(response.name) \($0)" }
        }
        #expect(listed.sorted() == ProblemCode.allCases.map { "\($0.status) \($0.rawValue)" }.sorted())
    }

    private func send(_ operation: ContractReading.Named, _ body: JSONValue, _ service: RunningService) async throws -> HTTPReply {
        try await service.send(
            operation.method, operation.target, String(decoding: JSONWriter.bytes(body), as: UTF8.self),
            headers: [("X-API-Key", ContractKeys.administrator)])
    }
}
