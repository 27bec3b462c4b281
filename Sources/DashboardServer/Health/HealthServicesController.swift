import CacheServices
import HTTPTypes
import HealthServices

/// `/api/health/services`: how the watched services are, checks on demand, and the registry.
struct HealthServicesController: Sendable {
    let checker: HealthChecker

    var routes: [Route] {
        [
            Route("/api/health/services", .get(.reader, get), .post(.writer, check)),
            Route("/api/health/services/{name}", .put(.administrator, register), .delete(.administrator, unregister)),
        ]
    }

    /// 503 when the whole is unhealthy, so that a monitor of another kind need not read the body.
    @Sendable private func get(_ call: Call) async throws -> Answer {
        let checker = checker
        switch try HealthServicesQuery(call.query) {
        case .status(refresh: false): return answer(await checker.getSystemHealth())
        case .status(refresh: true):
            return answer(try await Deadline.run(writes: false, within: Deadline.probes) { await checker.checkAllServices() })
        case .registry:
            _ = await checker.refresh()
            return Answer(checker.registry.export())
        case .history(let name, let limit):
            if checker.registry.getService(name) == nil { _ = await checker.refresh() }
            guard checker.registry.getService(name) != nil else { throw Self.unknown(name) }
            let samples = try await Deadline.run(writes: false) { try await checker.registry.history(of: name, limit: limit) }
            return Answer([
                "service": .string(name.rawValue), "count": .integer(samples.count), "history": .array(samples.map(\.jsonValue)),
            ])
        }
    }

    private func answer(_ health: SystemHealth) -> Answer {
        Answer(health.jsonValue, status: health.overallStatus == .unhealthy ? .serviceUnavailable : .ok)
    }

    @Sendable private func check(_ call: Call) async throws -> Answer {
        try call.noQuery()
        var reader = JSONObjectReader(try call.object(), mode: .strict)
        let name = reader.text("service", TextRule(maximumLength: 64)).flatMap { reader.serviceName($0) }
        reader.finish()
        guard reader.problems.isEmpty, let name else { throw reader.error }
        let checker = checker
        let health = try await Deadline.run(writes: false, within: Deadline.probes) { await checker.checkService(name) }
        guard let health else { throw Self.unknown(name) }
        return Answer(health.jsonValue)
    }

    @Sendable private func register(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let config = try ServiceBody(try call.object(), name: try call.serviceName()).config
        guard config.name != DefaultServices.redis else {
            throw ValidationError(field: "name", code: .malformed, sentence: "must not be redis, which is always watched")
        }
        let checker = checker
        let wasThere = checker.registry.getService(config.name) != nil
        do {
            try await Deadline.run(writes: true) { try await checker.registerService(config, origin: .administrator) }
        } catch let error as CacheError where error.code == .overCapacity {
            throw Problem(.tooManyServices, error.message)
        }
        let service: JSONValue = ["service": checker.registry.getService(config.name)?.jsonValue ?? .null]
        return Answer(service, status: wasThere ? .ok : .created)
    }

    @Sendable private func unregister(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let name = try call.serviceName()
        let checker = checker
        guard try await Deadline.run(writes: true, { try await checker.unregisterService(name) }) else { throw Self.unknown(name) }
        return Answer(["unregistered": .string(name.rawValue)])
    }

    private static func unknown(_ name: OperationName) -> Problem {
        Problem(.notFound, "No service \(name) is registered.")
    }
}

extension Call {
    /// The name of a service that is a part of the path.
    fileprivate func serviceName() throws(Problem) -> OperationName {
        do throws(ValidationError) {
            let text = parameters["name"] ?? ""
            return try OperationName(text)
        } catch {
            let sentence = "name \(error.problems.first?.sentence ?? "is not valid")"
            throw Problem(.invalidPath, "\(sentence).", items: [.init(place: .parameter, name: "name", code: .malformed, detail: sentence)])
        }
    }
}

extension JSONObjectReader {
    /// A text of the field `service` as a name.
    fileprivate mutating func serviceName(_ text: String) -> OperationName? {
        do throws(ValidationError) {
            return try OperationName(text)
        } catch {
            report("service", .malformed, error.problems.first?.sentence ?? "must be a name")
            return nil
        }
    }
}
