/// Why the service does not start. Nothing was served, and nothing was written.
public enum StartError: Error, Sendable, Hashable {
    /// Redis refuses the user or the password.
    case wrongCredentials
    /// The address can be reached from other machines, and there are no API keys.
    case keysNeeded(host: String)
    /// The certificate of the API cannot be used.
    case unusableCertificate(reason: String)
    /// The host to listen on has a name that nobody knows.
    case unknownHost(host: String)
    /// The address cannot be listened on.
    case cannotListen(host: String, port: Int, reason: String)
}

extension StartError: CustomStringConvertible {
    /// One sentence: what is wrong and how it is set right.
    public var description: String {
        switch self {
        case .wrongCredentials:
            "Redis refuses the credentials. Set the user and the password in REDIS_URL, or REDIS_PASSWORD_FILE."
        case .keysNeeded(let host):
            "USDCOP_HOST is \(host), which other machines can reach, and there are no API keys. Set USDCOP_API_KEYS_FILE to a file with lines role:name:key, or USDCOP_HOST to 127.0.0.1."
        case .unusableCertificate(let reason):
            "HTTPS cannot be served: a file of USDCOP_TLS_CERT_FILE or USDCOP_TLS_KEY_FILE \(reason)."
        case .unknownHost(let host):
            "USDCOP_HOST is \(host), and there is no such name. Set it to an address of this machine, or to 0.0.0.0 for all of them."
        case .cannotListen(let host, let port, let reason):
            "The service cannot listen on \(host):\(port): \(reason). Set USDCOP_HOST and USDCOP_PORT to a free address."
        }
    }
}
