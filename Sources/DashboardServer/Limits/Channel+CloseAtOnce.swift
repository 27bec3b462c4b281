import NIOCore
import NIOSSL

extension Channel {
    /// Closes past TLS, which would wait for the farewell of a client that may never say it: so long the connection counts as open, and the
    /// server accepts nothing while too many are. On the event loop.
    func closeAtOnce() {
        if let tls = try? pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
            tls.close(promise: nil)
        } else {
            close(promise: nil)
        }
    }
}
