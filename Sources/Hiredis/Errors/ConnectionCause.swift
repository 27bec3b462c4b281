import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// Says in a few words why a connection could not be made or ended. Words of our own: those of the libraries can repeat addresses.
enum ConnectionCause {
    static func words(_ error: any Error) -> String? {
        switch error {
        case let error as RedisError: error.cause
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { words(first.error) } else { "no such host name" }
        case let error as IOError: words(errno: error.errnoCode)
        case ChannelError.connectTimeout: "no answer in time"
        case ChannelError.eof, ChannelError.inputClosed: "the server hung up"
        case let error as NIOSSLExtraError where error == .failedToValidateHostname: "its certificate is for another name"
        case let error as NIOSSLError: words(error)
        default: nil
        }
    }

    private static func words(errno code: Int32) -> String {
        switch code {
        case ECONNREFUSED: "connection refused"
        case ECONNRESET, EPIPE: "the server hung up"
        case ETIMEDOUT: "no answer in time"
        case EHOSTUNREACH, ENETUNREACH: "no way to the host"
        case ENOENT: "no such socket"
        case EACCES: "no permission for the socket"
        default: "error \(code)"
        }
    }

    private static func words(_ error: NIOSSLError) -> String {
        // The library tells its reasons by their names alone.
        let reason = String(describing: error)
        if reason.contains("CERTIFICATE_VERIFY_FAILED") { return "its certificate is not trusted" }
        if reason.contains("WRONG_VERSION_NUMBER") { return "what answers there speaks no TLS" }
        if case .uncleanShutdown = error { return "the server hung up" }
        return "the TLS handshake failed"
    }
}
