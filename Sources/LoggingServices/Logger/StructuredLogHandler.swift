import CacheServices
public import Logging

/// swift-log's records as ``LogOutput`` writes them: five levels, context, metadata, errors.
///
/// What is set on a logger is *context*: it comes with every record of that logger and of its copies, and so does what a metadata provider
/// gives. What is given with a single call is that record's *metadata*. The label stands in the context as `service`, unless the logger
/// has a `service` of its own.
public struct StructuredLogHandler: LogHandler {
    public var logLevel = Logger.Level.info
    public var metadataProvider: Logger.MetadataProvider?
    public var metadata: Logger.Metadata = [:] {
        didSet { context = PreparedContext() }
    }

    private let label: String
    private let output: LogOutput
    private var context = PreparedContext()

    /// Makes a handler that writes to an output, from `info` on.
    public init(label: String, output: LogOutput, metadataProvider: Logger.MetadataProvider? = nil) {
        self.label = label
        self.output = output
        self.metadataProvider = metadataProvider
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let context =
            if let provided = metadataProvider?.get(), !provided.isEmpty {
                Self.context(label, metadata.merging(provided) { $1 })
            } else {
                context.bytes { Self.context(label, metadata) }
            }
        output.write(
            LogEntry(
                level: LogLevel(event.level), message: event.message.description, context: context,
                error: event.error.map { LoggedError($0, function: event.function, file: event.file, line: event.line) },
                metadata: event.metadata ?? [:]))
    }

    private static func context(_ label: String, _ metadata: Logger.Metadata) -> [UInt8] {
        var fields = metadata
        if !label.isEmpty, fields["service"] == nil { fields["service"] = .string(label) }
        guard !fields.isEmpty else { return [] }
        var bytes: [UInt8] = []
        MetadataJSON.write(fields, into: &bytes)
        return bytes
    }
}
