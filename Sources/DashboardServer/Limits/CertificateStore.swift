import CacheServices
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Synchronization

/// Where the certificate of the API is: PEM files, the certificate with its chain, and the key without a password.
public struct CertificateFiles: Sendable, Hashable {
    /// `USDCOP_TLS_CERT_FILE`
    public let certificate: String
    /// `USDCOP_TLS_KEY_FILE`
    public let key: String

    /// Names two files.
    public init(certificate: String, key: String) { (self.certificate, self.key) = (certificate, key) }
}

/// The certificate with which new connections begin. Looks at its files every few seconds and takes what is new there; what cannot be used
/// is told, again every day, and the old certificate stays; so is one that ends within two weeks. Connections keep what they began with.
///
/// A whole new context is made instead of a certificate put into the old one: the library then checks itself that certificate and key
/// belong together, before any connection sees them.
final class CertificateStore: Service, Sendable {
    private struct Pair: Sendable, Hashable {
        let certificate: [UInt8]
        let key: [UInt8]
    }

    private struct State {
        var loaded: Loaded
        /// What is wrong with the files, and was told.
        var told: Told?
        /// When the end of the certificate was told of.
        var warned: ContinuousClock.Instant?
    }

    private struct Told {
        let problem: String
        /// What the files held; nil when they could not be read.
        let content: Pair?
        let at: ContinuousClock.Instant
    }

    private struct Loaded {
        let content: Pair
        let context: NIOSSLContext
        /// Until when browsers take the certificate.
        let end: Timestamp
    }

    /// Why files cannot be used, as the rest of a sentence. Nothing of what stands in them.
    struct Failure: Error, Sendable {
        let problem: String
        let isKey: Bool
    }

    /// How long before its end a certificate is told of.
    private static let notice = Duration.seconds(14 * 86_400)
    /// How often the same is told again.
    private static let day = Duration.seconds(86_400)
    /// The most bytes of one file.
    private static let maximumSize = 1 << 20

    private let files: CertificateFiles
    private let interval: Duration
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the files.
    ///
    /// - Parameter interval: how often it looks at them again.
    init(_ files: CertificateFiles, interval: Duration = .seconds(10), logger: Logger) throws(Failure) {
        self.files = files
        self.interval = interval
        self.logger = logger
        state = Mutex(State(loaded: try Self.load(try Self.read(files))))
    }

    /// Finds out whether files can be used.
    static func check(_ files: CertificateFiles) throws(Failure) { _ = try load(try read(files)) }

    /// For a new connection.
    var current: NIOSSLContext { state.withLock { $0.loaded.context } }

    /// Until when browsers take the certificate.
    var end: Timestamp { state.withLock { $0.loaded.end } }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                self.warnOfEnd()
                try await Task.sleep(for: self.interval)
                await self.look()
            }
        }
    }

    /// Looks at the files.
    func look(now: ContinuousClock.Instant = .now) async {
        var content: Pair?
        // Files that cannot be read at the moment are perhaps being replaced; whoever comes next will see.
        do {
            let pair = try await NIOThreadPool.singleton.runIfActive { [files] in try Self.read(files) }
            content = pair
            let isNew = state.withLock { state in
                if state.loaded.content == pair { state.told = nil }
                return state.loaded.content != pair
            }
            guard isNew else { return }
            let loaded = try Self.load(pair)
            state.withLock { ($0.loaded, $0.told, $0.warned) = (loaded, nil, nil) }
            logger.info("new connections begin with a new certificate")
        } catch let failure as Failure {
            let isTold = state.withLock { state in
                if let told = state.told, told.problem == failure.problem, told.content == content, told.at.duration(to: now) < Self.day {
                    return true
                }
                state.told = Told(problem: failure.problem, content: content, at: now)
                return false
            }
            guard !isTold else { return }
            let file = failure.isKey ? ConfigurationTable.certificateKeyFile.name : ConfigurationTable.certificateFile.name
            logger.error(
                "the files of the certificate cannot be used, the old one stays",
                metadata: ["file": "\(file)", "reason": "\(failure.problem)"])
        } catch {
            // The process ends.
        }
    }

    /// Tells once a day of a certificate that ends soon, or has ended.
    func warnOfEnd(now: Timestamp = .now) {
        let end = state.withLock { state -> Timestamp? in
            let end = state.loaded.end
            guard Duration.milliseconds(end.milliseconds - now.milliseconds) < Self.notice else { return nil }
            if let warned = state.warned, warned.duration(to: .now) < Self.day { return nil }
            state.warned = .now
            return end
        }
        guard let end else { return }
        logger.warning(
            end <= now ? "the certificate of the API has ended" : "the certificate of the API ends soon",
            metadata: ["file": "\(ConfigurationTable.certificateFile.name)", "end": "\(end.iso8601)"])
    }

    private static func read(_ files: CertificateFiles) throws(Failure) -> Pair {
        Pair(certificate: try read(files.certificate, isKey: false), key: try read(files.key, isKey: true))
    }

    private static func read(_ path: String, isKey: Bool) throws(Failure) -> [UInt8] {
        do throws(BoundedFile.Failure) {
            return try BoundedFile.read(path, limit: maximumSize).bytes
        } catch {
            throw Failure(problem: error.problem, isKey: isKey)
        }
    }

    private static func load(_ pair: Pair) throws(Failure) -> Loaded {
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMBytes(pair.certificate) } catch {
            throw Failure(problem: "holds no certificate", isKey: false)
        }
        guard let own = chain.first else { throw Failure(problem: "holds no certificate", isKey: false) }
        let key: NIOSSLPrivateKey
        do { key = try NIOSSLPrivateKey(bytes: pair.key, format: .pem) } catch {
            throw Failure(problem: "holds no key that can be read without a password", isKey: true)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // A client that never says its farewell holds up the end of the service as long.
        configuration.shutdownTimeout = ConnectionLimits.linger
        do {
            return Loaded(
                content: pair, context: try NIOSSLContext(configuration: configuration),
                end: Timestamp(milliseconds: Int64(own.notValidAfter) * 1000))
        } catch {
            throw Failure(problem: "holds a key that does not belong to the certificate", isKey: true)
        }
    }
}

extension CertificateStore {
    var metricFamilies: [MetricFamily] {
        [
            .gauge(
                "usdcop_tls_certificate_end_timestamp_seconds", "Until when the certificate of the API is valid, in seconds since 1970.",
                Double(end.milliseconds) / 1000)
        ]
    }
}
