import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix

/// Says why a connection failed, in a sentence of our own: what errors say of themselves may repeat an address or an answer.
enum ConnectionFailure {
    static func sentence(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return sentence(first.error) }
            return "The name of the host cannot be resolved."
        case let error as IOError: return sentence(errno: error.errnoCode)
        case is ChannelError: return sentence(errno: ETIMEDOUT)
        case let error as HTTPClientError: return sentence(error)
        case is CancellationError: return "The check was ended."
        default: return "The connection failed (\(type(of: error)))."
        }
    }

    private static func sentence(errno code: Int32) -> String {
        switch code {
        case ECONNREFUSED: "The connection was refused."
        case ECONNRESET, EPIPE: "The connection was closed in the middle."
        case ETIMEDOUT: "The connection took too long."
        case EHOSTUNREACH, ENETUNREACH: "The host cannot be reached."
        default: "The connection failed (error \(code))."
        }
    }

    private static func sentence(_ error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout, .readTimeout, .deadlineExceeded, .tlsHandshakeTimeout: "The answer took too long."
        case .remoteConnectionClosed: "The connection was closed in the middle."
        case .cancelled: "The check was ended."
        default: "The answer is no HTTP."
        }
    }
}
