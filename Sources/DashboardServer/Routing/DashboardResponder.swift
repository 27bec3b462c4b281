import CacheServices
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Takes every request from the server to its route and back: id, path, method, caller, body, work, headers.
///
/// Hummingbird's own router is not used: it answers 404 where 405 is due and decodes paths its own way, and the route table that
/// knows both is needed for authorization anyway.
final class DashboardResponder: HTTPResponder {
    typealias Context = CallContext

    /// Bytes of the longest path with its query.
    static let maximumURISize = 8 * 1024

    private let routes: RouteTable
    private let borders: Borders
    private let bodies: BodyReader
    private let client: any ICacheClient
    private let metrics: RequestMetrics
    private let ids = RequestID()
    private let notices = RequestNotices()

    init(routes: RouteTable, borders: Borders, bodies: BodyReader, client: any ICacheClient, metrics: RequestMetrics) {
        self.routes = routes
        self.borders = borders
        self.bodies = bodies
        self.client = client
        self.metrics = metrics
    }

    func respond(to request: Request, context: CallContext) async throws -> Response {
        let began = metrics.began()
        var (state, status) = (RequestState(isBodyPending: BodyReader.isBodyAnnounced(in: request)), HTTPResponse.Status.badRequest)
        defer { metrics.ended(state.route, request.method, status: status.code, began: began) }
        let id = ids.name(given: request.headers[.requestID])
        let trace = CacheTrace()
        var answer: Answer
        do {
            answer = try await CurrentRequest.$id.withValue(id) {
                try await self.answer(to: request, id: id, context, trace, &state)
            }
        } catch let error as HTTPParserError {
            // What the parser refuses, the server answers by a bare 400.
            throw error
        } catch {
            let problem = Problem(error, namespace: client.namespace, isRead: request.method.isRead)
            notices.tell(problem, error, request.method, request.headers, state, context.logger(requestID: id))
            answer = problem.answer(requestID: id)
        }
        log(answer, trace, request, state, id, context)
        if let pieces = answer.pieces { answer.pieces = watched(pieces, request, state, id, context) }
        if let live = answer.live { answer.live = named(live, id) }
        let finisher = AnswerFinisher(
            request: request, id: id, source: trace.source ?? CacheSource(client.status.mode.backend),
            crossOrigin: borders.origins.headers(for: request.headers), common: borders.common,
            standing: state.standing, ratePolicy: borders.limiter?.policy)
        let response =
            state.isBodyPending ? finisher.lastResponse(answer, on: context.channel) : finisher.response(answer, on: context.channel)
        status = response.status
        return response
    }

    private func answer(
        to request: Request, id: String, _ context: CallContext, _ trace: CacheTrace, _ state: inout RequestState
    ) async throws -> Answer {
        let found = Result { () throws(Problem) in try routes.match(request.uri.path) }
        let route = (try? found.get())?.route
        state.route = route
        let origin = borders.proxies.origin(peer: context.channel.remoteAddress, request.headers)
        state.origin = origin
        let caller = borders.caller(request.headers, for: route?.endpoint(request.method)?.role, from: origin)
        state.caller = try? caller.get()
        if route?.isProbe != true, let (limiter, client) = borders.counted(state.caller, from: origin) {
            var standing = limiter.chargeAtOnce(client)
            if standing == nil { standing = await limiter.charge(client) }
            state.standing = standing
            if let standing, !standing.isAllowed { throw Borders.tooMany(standing) }
        }
        // What is refused from here on was counted.
        guard request.uri.string.utf8.count <= Self.maximumURISize else {
            throw Problem(.uriTooLong, "A path with its query has at most \(Self.maximumURISize) bytes.")
        }
        if route?.isProbe != true { try borders.hosts.check(request.head.authority) }
        guard let match = try found.get() else { throw Problem(.notFound, "There is no route of this path.") }
        guard let endpoint = match.route.endpoint(request.method) else {
            let allowed = match.route.allowed
            if !state.isBodyPending, OriginPolicy.isPreflight(request.method, request.headers),
                let answer = borders.origins.preflight(request.headers, methods: allowed)
            {
                return answer
            }
            throw Problem(.methodNotAllowed, "This route takes \(allowed).", headers: [.allow: allowed])
        }
        try borders.origins.check(request.method, request.headers, host: request.head.authority)
        if let role = endpoint.role { try borders.gate.admit(try caller.get(), to: role) }
        var body = ByteBuffer()
        switch endpoint.body {
        case .json, .batch:
            body = try await bodies.read(request, endpoint.body)
            state.isBodyPending = false
        case .none where state.isBodyPending:
            throw Problem(.unexpectedBody, "This takes no body; nothing was done.")
        case .none:
            break
        }
        let call = Call(
            id: id, caller: try caller.get(), query: request.uri.query, parameters: match.parameters, headers: request.headers, body: body,
            origin: origin, namespace: client.namespace, trace: trace)
        return try await endpoint.handler(call)
    }

    /// An answer in pieces is under way when its route has long returned: it still belongs to the request, and its failure is told.
    private func watched(
        _ pieces: @escaping Answer.Pieces, _ request: Request, _ state: RequestState, _ id: String, _ context: CallContext
    ) -> Answer.Pieces {
        { [client, notices] write in
            try await CurrentRequest.$id.withValue(id) {
                do {
                    try await pieces(write)
                } catch  where error is CancellationError || !context.channel.isActive {
                    // The client went away.
                    throw error
                } catch {
                    let problem = Problem(error, namespace: client.namespace, isRead: request.method.isRead)
                    notices.tell(problem, error, request.method, request.headers, state, context.logger(requestID: id))
                    throw error
                }
            }
        }
    }

    /// What happens for a stream still belongs to its request when the route has long returned.
    private func named(_ live: @escaping Answer.Live, _ id: String) -> Answer.Live {
        { channel, write in try await CurrentRequest.$id.withValue(id) { try await live(channel, write) } }
    }

    private func log(
        _ answer: Answer, _ trace: CacheTrace, _ request: Request, _ state: RequestState, _ id: String, _ context: CallContext
    ) {
        notices.tellUnreadable(trace.unreadableKeys, context.logger(requestID: id))
        // A logger of one's own costs more than a line that nobody wants.
        guard context.logger.logLevel <= .debug else { return }
        context.logger(requestID: id).debug(
            "answered",
            metadata: [
                "method": "\(request.method.rawValue)", "route": "\(state.routeName)",
                "status": .stringConvertible(Int(answer.status.code)),
            ])
    }
}

extension HTTPRequest.Method {
    /// Whether it writes nothing.
    var isRead: Bool { self == .get || self == .head }
}

extension CacheStatus.Mode {
    /// Where calls go in this mode.
    var backend: CacheBackend { self == .redis ? .redis : .memory }
}
