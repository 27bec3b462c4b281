import AsyncHTTPClient
import CacheServices
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Tells an alert by a POST of its JSON.
///
/// Headers: `Idempotency-Key` is the alert's identity, the same in every repeat; `X-Usdcop-Signature` is made with the shared secret, where
/// there is one. Redirects are not followed, and the body of an answer is not read.
struct WebhookChannel: AlertChannel {
    let url: WebhookURL
    let secret: WebhookSecret?
    let client: HTTPClient
    /// How long one attempt may take.
    let timeout: Duration

    var name: String { url.name }

    /// How the client for webhooks is to be set up.
    static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(3), read: .seconds(5), write: .seconds(5)))
        configuration.decompression = .disabled
        // Attempts are repeated by us, where they are counted.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return configuration
    }

    func send(_ alert: Alert) async -> AlertAttempt {
        let body = alert.json
        var request = HTTPClientRequest(url: url.target)
        request.method = .POST
        request.headers = ["Content-Type": "application/json", "User-Agent": "usdcop", "Idempotency-Key": alert.id]
        if let authorization = url.authorization { request.headers.add(name: "Authorization", value: authorization) }
        if let secret {
            let seconds = Timestamp.now.milliseconds / 1000
            request.headers.add(name: "X-Usdcop-Signature", value: secret.signature(of: body, seconds: seconds))
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            // The answer is let go with its body unread, which ends the connection when more of it would come.
            let answer = try await client.execute(request, deadline: .now() + TimeAmount(timeout))
            let asked = RetryAfter.pause(answer.headers.first(name: "Retry-After"), at: .now)
            return AlertAttempt(status: answer.status.code, asked: asked)
        } catch {
            return Task.isCancelled ? .abandoned : .postponed(Self.code(error))
        }
    }

    /// Errors of the system after which nothing was sent.
    private static let unreachable: Set<Int32> = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL]

    /// What went wrong, without a word of what the error says: it may quote the address.
    private static func code(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .tlsHandshakeTimeout: "timeout"
            case .remoteConnectionClosed, .uncleanShutdown: "closed"
            default: "not_http"
            }
        case is HTTPParserError: "not_http"
        case is NIOConnectionError: "unreachable"
        case let error as IOError: unreachable.contains(error.errnoCode) ? "unreachable" : "closed"
        case let error as ChannelError: if case .connectTimeout = error { "timeout" } else { "closed" }
        default: "failed"
        }
    }
}

extension AlertAttempt {
    /// What the status of an answer means.
    ///
    /// - Parameter asked: the pause that the answer asks for; it counts where the receiver says that it is too busy.
    init(status: UInt, asked: Duration? = nil) {
        switch status {
        case 200..<300: self = .accepted
        case 300..<400: self = .refused("redirect")
        case 429, 503: self = .postponed("http_\(status)", after: asked)
        case 408, 425, 500...: self = .postponed("http_\(status)")
        default: self = .refused("http_\(status)")
        }
    }
}
