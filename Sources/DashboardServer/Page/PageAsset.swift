import HTTPTypes
import NIOCore
import Synchronization

/// One file of the page, as it is and compressed.
final class PageAsset: Sendable {
    let type: Answer.MediaType
    /// The file as it is.
    let bytes: ByteBuffer
    private let tag: String
    /// Made with the first request that takes it: most processes that are started serve no page.
    private let compressed = Mutex<ByteBuffer?>(nil)

    /// - Parameter bytes: the file as it is.
    init(_ bytes: ByteBuffer, type: Answer.MediaType) {
        self.type = type
        self.bytes = bytes
        tag = String(EntityTag.of(bytes).dropLast())
    }

    /// The file in the best encoding that the client takes. Each encoding has an entity tag of its own.
    func answer(to headers: HTTPFields, caching: String, _ more: HTTPFields = [:]) -> Answer {
        var fields = more
        fields[.cacheControl] = caching
        fields[.vary] = "Accept-Encoding"
        if AcceptEncoding.takesGzip(headers), let smaller {
            fields[.contentEncoding] = "gzip"
            return Answer(bytes: smaller, type: type, headers: fields, entityTag: tag + "-gzip\"")
        }
        return Answer(bytes: bytes, type: type, headers: fields, entityTag: tag + "\"")
    }

    /// The file compressed; nil where that makes nothing smaller.
    private var smaller: ByteBuffer? {
        let made = compressed.withLock { compressed in
            if compressed == nil { compressed = Gzip.compress(bytes) ?? bytes }
            return compressed
        }
        return made.flatMap { $0.readableBytes < bytes.readableBytes ? $0 : nil }
    }
}
