public import CacheServices
import Foundation

/// Where a page of the trail ended; the next page begins before it. Its text is opaque and safe in a URL.
///
/// The place is an identity of the stream: what is appended or trimmed meanwhile changes nothing of what comes next.
public struct AuditCursor: Sendable, Hashable {
    /// The oldest event of the page.
    public let streamID: StreamID

    public init(_ streamID: StreamID) { self.streamID = streamID }

    /// Reads a cursor; `nil` for a text that no page has given.
    public init?(_ text: String) {
        guard (1...80).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
        guard let bytes = Data(base64Encoded: base64) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == Self.version, let id = StreamID(String(parts[1])), AuditCursor(id).text == text else {
            return nil
        }
        streamID = id
    }

    /// What goes over the wire.
    public var text: String {
        Data("\(Self.version):\(streamID)".utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    private static let version = "1"

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
