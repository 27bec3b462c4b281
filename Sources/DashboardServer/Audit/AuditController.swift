import CacheServices
import Foundation
import HTTPTypes
import LoggingServices
import NIOCore

/// `/api/audit/signals`: reading, verifying, recording and clearing the audit trail.
struct AuditController: Sendable {
    private let audit: AuditLogger
    private let exports: ClientSlots
    /// It walks all of the trail on a connection of its own, and every page asks for it.
    private let verification: SharedRun<AuditVerdict>

    init(audit: AuditLogger, exports: ClientSlots) {
        (self.audit, self.exports) = (audit, exports)
        verification = SharedRun {
            try await Deadline.run(writes: false, within: Deadline.verification) { try await audit.verify() }
        }
    }

    var routes: [Route] {
        [
            Route(
                "/api/audit/signals", .get(.reader, get), .post(.writer, record), .delete(.administrator, body: .json, clear))
        ]
    }

    @Sendable private func get(_ call: Call) async throws -> Answer {
        switch try AuditQuery(call.query) {
        case .trail(let filter, let limit, let cursor):
            return Answer(
                try await Deadline.run(writes: false) { try await audit.reader.trail(filter, limit: limit, cursor: cursor) }.jsonValue)
        case .stats:
            return Answer(["stats": try await Deadline.run(writes: false) { try await audit.reader.stats() }.jsonValue])
        case .export(let format, let filter, let limit):
            return try await export(format, filter, limit: limit, for: call.counted)
        case .verify:
            return Answer(try await verification.value().jsonValue)
        }
    }

    /// The first piece is made before the head goes out, so that a trail that cannot be read is a 503 and no broken file.
    private func export(
        _ format: AuditExportFormat, _ filter: AuditFilter, limit: Int?, for client: CountedClient?
    ) async throws -> Answer {
        let slot: ClientSlots.Slot
        do throws(ClientSlots.Full) { slot = try exports.take(for: client) } catch {
            throw Problem(.tooManyExports, error.sentence("exports"), outcome: .notRecorded, headers: [.retryAfter: "5"])
        }
        let (first, rest) = try await Deadline.run(writes: false) {
            let export = try await audit.reader.export(format, filter, limit: limit)
            var iterator = export.makeAsyncIterator()
            return (try await iterator.next(), iterator)
        }
        let name = "usdcop-audit-\(Timestamp.now.iso8601.filter(\.isNumber)).\(format.rawValue)"
        return Answer(type: .init(format), headers: [.contentDisposition: "attachment; filename=\"\(name)\""]) { write in
            defer { withExtendedLifetime(slot) {} }
            let end = ContinuousClock.now + Deadline.export
            var chunk = first
            var iterator = rest
            while let current = chunk {
                if !current.bytes.isEmpty { try await write(ByteBuffer(bytes: current.bytes)) }
                try Task.checkCancellation()
                guard ContinuousClock.now < end else { throw Problem(.timeout, "The export took longer than \(Deadline.export).") }
                chunk = try await iterator.next()
            }
        }
    }

    @Sendable private func record(_ call: Call) async throws -> Answer {
        try call.noQuery()
        let body = try AuditEventBody(try call.object(), caller: call.caller, address: call.clientAddress)
        let receipt = try await audit.log(body.event, idempotency: try call.idempotencyKey())
        let json: JSONValue = [
            "entry": receipt.entry.jsonValue, "stream_id": receipt.streamID.map { .string("\($0)") } ?? .null,
            "durability": .string(receipt.durability.rawValue),
        ]
        return Answer(
            json, status: receipt.durability == .spooled ? .accepted : .created,
            headers: receipt.isRepeat ? [.idempotentReplayed: "true"] : [:])
    }

    @Sendable private func clear(_ call: Call) async throws -> Answer {
        try call.noQuery()
        var reader = JSONObjectReader(try call.object(), mode: .strict)
        let reason = reader.text("reason", AuditClearance.reason)
        reader.finish()
        guard reader.problems.isEmpty, let reason else { throw reader.error }
        let cleared = try await Deadline.run(writes: true, within: Deadline.clearing) {
            try await audit.clearAuditTrail(reason: reason, userID: call.caller.name, ipAddress: call.clientAddress)
        }
        // The name of the file, and not where the service keeps it.
        return Answer([
            "cleared": .integer(cleared.count), "archive": .string(cleared.archive.lastPathComponent),
            "entry": cleared.receipt.entry.jsonValue, "stream_id": cleared.receipt.streamID.map { .string("\($0)") } ?? .null,
            "durability": .string(cleared.receipt.durability.rawValue),
        ])
    }
}

extension Call {
    /// The header `Idempotency-Key`, bound to the caller and to the bytes of the body; nil when there is none.
    fileprivate func idempotencyKey() throws(Problem) -> IdempotencyKey? {
        let keys = headers[values: .idempotencyKey]
        guard let key = keys.first else { return nil }
        do throws(ValidationError) {
            if keys.count == 1 { return try IdempotencyKey(key, owner: caller.name ?? "", request: Array(buffer: body)) }
        } catch {
            throw Self.badKey(error.problems.first?.sentence ?? "is not valid")
        }
        throw Self.badKey("must be given once")
    }

    private static func badKey(_ sentence: String) -> Problem { Problem(.invalidHeader, "The header Idempotency-Key \(sentence).") }
}

extension Answer.MediaType {
    fileprivate init(_ format: AuditExportFormat) {
        self =
            switch format {
            case .csv: .csv
            case .json: .json
            case .ndjson: .ndjson
            }
    }
}
