import Foundation

extension HealthSettings {
    /// The place of a process that serves a port: `host:port`, the same after a restart, and no other process' at the same time.
    ///
    /// The name is the kernel's own: no resolver is asked.
    public static func publisher(port: Int) -> String? {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return nil }
        let host = String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).filter { !$0.isWhitespace }
        return host.isEmpty ? nil : "\(host):\(port)"
    }
}
