import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Reads the bodies of requests, within bounds of type and size. The connection's clock bounds their time.
struct BodyReader: Sendable {
    /// Bytes of the largest body that is no batch.
    let maximumSize: Int

    /// Whether a body follows the head of a request.
    static func isBodyAnnounced(in request: Request) -> Bool {
        if request.headers[.transferEncoding] != nil { return true }
        guard let length = request.headers[.contentLength] else { return false }
        return length != "0"
    }

    /// The whole body.
    ///
    /// - Throws: ``Problem``, or what the HTTP parser says of the bytes.
    func read(_ request: Request, _ rule: BodyRule) async throws -> ByteBuffer {
        guard Self.isBodyAnnounced(in: request) else { return ByteBuffer() }
        try checkType(request.headers)
        let length = request.headers[.contentLength].flatMap { Int($0) }
        let maximum = rule.maximumSize(standard: maximumSize)
        if let length, length > maximum { throw Self.tooLarge(maximum) }
        do {
            let body = try await request.body.collect(upTo: maximum)
            // A connection that ended early must not look like the end of the body.
            guard length.map({ $0 == body.readableBytes }) ?? true else { throw ChannelError.inputClosed }
            return body
        } catch is NIOTooManyBytesError {
            throw Self.tooLarge(maximum)
        } catch  where !(error is HTTPParserError || error is CancellationError) {
            // The client hung up, in whatever way: nothing went wrong here.
            throw Problem(.malformedBody, "The body ended before its end; nothing was written.", outcome: .notRecorded)
        }
    }

    private func checkType(_ headers: HTTPFields) throws(Problem) {
        guard Self.isJSON(headers[.contentType] ?? "") else {
            throw Problem(.unsupportedMediaType, "A body needs the header Content-Type: application/json, in UTF-8.")
        }
        guard headers[.contentEncoding].map({ $0.lowercased() == "identity" }) ?? true else {
            throw Problem(.unsupportedMediaType, "A body must not be compressed.")
        }
    }

    /// Whether a media type is JSON in UTF-8.
    static func isJSON(_ type: String) -> Bool {
        let parts = type.lowercased().split(separator: ";", omittingEmptySubsequences: false).map(\.trimmingSpaces)
        guard parts.first == "application/json" else { return false }
        return parts.dropFirst().allSatisfy { part in
            !part.hasPrefix("charset=") || part == "charset=utf-8" || part == "charset=\"utf-8\""
        }
    }

    private static func tooLarge(_ maximum: Int) -> Problem {
        Problem(.bodyTooLarge, "A body has at most \(maximum) bytes; nothing was written.")
    }
}
