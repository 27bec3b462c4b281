import CLibcurl
import Synchronization

/// One message handed to a mail server by libcurl; the only file that knows the library.
///
/// It blocks its thread until the server has answered, for at most ``timeout``.
final class SMTPTransfer: Sendable {
    private let server: SMTPServer
    private let sender: EmailAddress
    private let recipient: EmailAddress
    private let message: [UInt8]
    private let isCancelled = Atomic(false)

    private static let connectTimeout = 5000
    /// Longer than that no message takes, in milliseconds; shorter than a service has to drain.
    static let timeout = 8000
    // Once for the process, before the first handle.
    private static let isStarted = usdcop_curl_start() == CURLE_OK

    init(server: SMTPServer, sender: EmailAddress, recipient: EmailAddress, message: [UInt8]) {
        self.server = server
        self.sender = sender
        self.recipient = recipient
        self.message = message
    }

    /// Ends the transfer within about a second.
    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Sends the message and waits for the server's word on it.
    func run() -> AlertAttempt {
        guard Self.isStarted, let handle = curl_easy_init() else { return .postponed("failed") }
        defer { curl_easy_cleanup(handle) }
        guard let recipients = curl_slist_append(nil, recipient.rawValue) else { return .postponed("failed") }
        defer { curl_slist_free_all(recipients) }
        var upload = Upload(bytes: message)
        return withUnsafeMutablePointer(to: &upload) { upload in
            let code = perform(handle, recipients, upload)
            return Self.attempt(code, reply: usdcop_curl_reply_code(handle))
        }
    }

    private struct Upload {
        let bytes: [UInt8]
        var sent = 0
    }

    private func perform(
        _ handle: UnsafeMutableRawPointer, _ recipients: UnsafeMutablePointer<curl_slist>, _ upload: UnsafeMutablePointer<Upload>
    ) -> CURLcode {
        var codes = [
            // Neither a proxy from the environment nor signals, which belong to the whole process.
            usdcop_curl_set_text(handle, CURLOPT_PROXY, ""), usdcop_curl_set_number(handle, CURLOPT_NOSIGNAL, 1),
            usdcop_curl_set_text(handle, CURLOPT_URL, server.address),
            usdcop_curl_set_number(handle, CURLOPT_USE_SSL, Int(server.needsTLS ? CURLUSESSL_ALL.rawValue : CURLUSESSL_TRY.rawValue)),
            usdcop_curl_set_number(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            usdcop_curl_set_text(handle, CURLOPT_MAIL_FROM, sender.rawValue),
            usdcop_curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients),
            usdcop_curl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, Self.connectTimeout),
            usdcop_curl_set_number(handle, CURLOPT_TIMEOUT_MS, Self.timeout),
            usdcop_curl_set_number(handle, CURLOPT_UPLOAD, 1),
            usdcop_curl_set_reader(
                handle,
                { buffer, size, count, context in
                    guard let buffer, let context else { return 0 }
                    return SMTPTransfer.read(context.assumingMemoryBound(to: Upload.self), into: buffer, size * count)
                }, upload),
            // What the server says goes nowhere.
            usdcop_curl_set_writer(handle) { _, size, count, _ in size * count },
            usdcop_curl_set_watcher(
                handle,
                { context, _, _, _, _ in
                    guard let context else { return 0 }
                    let transfer = Unmanaged<SMTPTransfer>.fromOpaque(context).takeUnretainedValue()
                    return transfer.isCancelled.load(ordering: .relaxed) ? 1 : 0
                }, Unmanaged.passUnretained(self).toOpaque()),
        ]
        if let user = server.user, let password = server.password {
            codes.append(usdcop_curl_set_text(handle, CURLOPT_USERNAME, user))
            codes.append(usdcop_curl_set_text(handle, CURLOPT_PASSWORD, password))
        }
        if let file = server.caFile { codes.append(usdcop_curl_set_text(handle, CURLOPT_CAINFO, file)) }
        // A setting that the library does not take must not be left out silently: it may be the one that asks for encryption.
        return codes.first { $0 != CURLE_OK } ?? curl_easy_perform(handle)
    }

    /// Gives libcurl the next bytes of the message.
    private static func read(_ upload: UnsafeMutablePointer<Upload>, into buffer: UnsafeMutableRawPointer, _ room: Int) -> Int {
        let sent = upload.pointee.sent
        let length = min(room, upload.pointee.bytes.count - sent)
        upload.pointee.bytes.withUnsafeBytes { bytes in
            guard length > 0, let start = bytes.baseAddress else { return }
            buffer.copyMemory(from: start + sent, byteCount: length)
        }
        upload.pointee.sent = sent + length
        return length
    }

    /// What a code of the library means together with the server's last reply.
    static func attempt(_ code: CURLcode, reply: Int) -> AlertAttempt {
        switch code {
        case CURLE_OK: return .accepted
        case CURLE_ABORTED_BY_CALLBACK: return .abandoned
        // The server does not offer what was asked for, or not with a certificate that is trusted.
        case CURLE_USE_SSL_FAILED: return .refused("no_tls")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: return .refused("untrusted_certificate")
        case CURLE_LOGIN_DENIED where !(400..<500).contains(reply): return .refused("login_refused")
        case CURLE_OPERATION_TIMEDOUT: return .postponed("timeout")
        case CURLE_COULDNT_RESOLVE_HOST: return .postponed("unresolved")
        case CURLE_COULDNT_CONNECT: return .postponed("unreachable")
        default: break
        }
        switch reply {
        case 400..<500: return .postponed("smtp_\(reply)")
        case 500..<600: return .refused("smtp_\(reply)")
        default: return .postponed(code == CURLE_SSL_CONNECT_ERROR ? "tls" : "closed")
        }
    }
}
