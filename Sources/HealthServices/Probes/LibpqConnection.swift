// The only file that imports CLibpq. libpq is used in its asynchronous form: it says what it waits for, and the waiting is done elsewhere.
import CLibpq
import Foundation
import NIOPosix

/// One connection to PostgreSQL, for one question.
///
/// Lives in one task; ``close()`` ends it.
struct LibpqConnection {
    private let handle: OpaquePointer

    /// What a server answered, or why there is no answer. Nothing of the library's own texts: they repeat names of hosts and users.
    enum Failure: Error, Hashable {
        case cannotBegin
        case refused
        case unresolved
        case credentials
        case unknownDatabase
        case startingUp
        case tooManyClients
        case tls
        case other
    }

    /// Begins to connect. Resolving a name may block, so that it happens on a thread of the pool.
    static func begin(_ url: String) async throws -> LibpqConnection {
        let begun = try await NIOThreadPool.singleton.runIfActive { () throws(Failure) -> Begun in
            // What the address does not say: no Kerberos, which would block, and a name for the server's list of clients.
            let pairs = [("dbname", url), ("fallback_application_name", "usdcop-health"), ("gssencmode", "disable")]
            guard let handle = connect(pairs) else { throw .cannotBegin }
            return Begun(handle: handle)
        }
        return LibpqConnection(handle: begun.handle)
    }

    // Safe because the pool's thread has let go of the connection when it hands it over.
    private struct Begun: @unchecked Sendable {
        let handle: OpaquePointer
    }

    private static func connect(_ pairs: [(String, String)]) -> OpaquePointer? {
        let keywords = pairs.map { strdup($0.0) }
        let values = pairs.map { strdup($0.1) }
        defer { for text in keywords + values { free(text) } }
        let names: [UnsafePointer<CChar>?] = keywords.map { UnsafePointer($0) } + [nil]
        let texts: [UnsafePointer<CChar>?] = values.map { UnsafePointer($0) } + [nil]
        // 1: the value of `dbname` is an address.
        return PQconnectStartParams(names, texts, 1)
    }

    /// Connects; throws ``Failure`` or `CancellationError`.
    func connect() async throws {
        guard PQstatus(handle) != CONNECTION_BAD else { throw failure }
        var next = PGRES_POLLING_WRITING
        while true {
            switch next {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: try await SocketReadiness.wait(PQsocket(handle), for: .reading)
            case PGRES_POLLING_WRITING: try await SocketReadiness.wait(PQsocket(handle), for: .writing)
            default: throw failure
            }
            next = PQconnectPoll(handle)
        }
    }

    /// Whether the server gives one row to a question.
    func ask(_ question: String) async throws -> Bool {
        guard PQsetnonblocking(handle, 1) == 0, PQsendQuery(handle, question) == 1 else { throw failure }
        while case let state = PQflush(handle), state != 0 {
            guard state == 1 else { throw failure }
            try await SocketReadiness.wait(PQsocket(handle), for: .writing)
        }
        var rows: Int32 = 0
        while true {
            while PQisBusy(handle) == 1 {
                try await SocketReadiness.wait(PQsocket(handle), for: .reading)
                guard PQconsumeInput(handle) == 1 else { throw failure }
            }
            guard let result = PQgetResult(handle) else { return rows == 1 }
            defer { PQclear(result) }
            guard PQresultStatus(result) == PGRES_TUPLES_OK else { throw Failure.other }
            rows = PQntuples(result)
        }
    }

    /// The server's version, `15.18`.
    var version: String? { PQparameterStatus(handle, "server_version").map { String(String(cString: $0).prefix(32)) } }

    /// Closes the socket; the server is told.
    func close() { PQfinish(handle) }

    /// The library has only texts for what happens before the first answer.
    private var failure: Failure {
        let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let signs: [(String, Failure)] = [
            ("could not translate host name", .unresolved), ("Connection refused", .refused), ("No such file", .refused),
            ("authentication failed", .credentials), ("no password supplied", .credentials), ("pg_hba.conf", .credentials),
            ("does not exist", .unknownDatabase), ("starting up", .startingUp), ("shutting down", .startingUp),
            ("too many", .tooManyClients),
            ("SSL", .tls), ("certificate", .tls),
        ]
        return signs.first { text.contains($0.0) }?.1 ?? .other
    }
}
