public import NIOSSL

/// How a `rediss://` connection proves whom it talks to.
public struct RedisTLS: Sendable {
    /// The TLS context; certificates are verified in full unless the caller builds one that does not.
    public let context: NIOSSLContext

    /// - Parameter caFile: a PEM file of trusted certificates instead of the system's; `nil` for the system's.
    /// - Throws: ``RedisError`` with `configuration` when the file cannot be read or holds no certificate.
    public init(caFile: String? = nil) throws(RedisError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        do {
            // Read here, because the TLS library takes a directory, too, and then trusts nobody.
            if let caFile { configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(caFile)) }
            self.context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw RedisError(
                .configuration, .notSent,
                "The file of trusted certificates (REDIS_CA_FILE) cannot be used: it must be a readable PEM file.",
                underlying: error
            )
        }
    }
}
