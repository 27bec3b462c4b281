import Foundation
import Logging
import NIOPosix
import Synchronization

extension CheckpointSigner {
    private var anchorURL: URL? {
        settings.stateDirectory.map { CheckpointAnchor.url(in: $0, namespace: settings.namespace) }
    }

    /// Takes the checkpoint of the state directory when it is newer than what is known; says once when it cannot be used.
    func readAnchor() async {
        guard let url = anchorURL else { return }
        do {
            let anchor = try await NIOThreadPool.singleton.runIfActive { try CheckpointAnchor.loadIfPresent(from: url) }
            guard let found = anchor?.checkpoint else { return }
            guard !prover.isForged(found), found.statement.namespace == settings.namespace else {
                throw AuditError(.file, "The anchor is not signed by the key, or is that of another trail.")
            }
            state.withLock { state in
                state.isAnchorRead = true
                if found.number > state.own?.number ?? 0 { state.own = found }
            }
        } catch {
            guard state.withLock({ $0.note(\.isAnchorRead, false) }) else { return }
            logger.error("the anchor is not used", metadata: ["reason": "\(error)"])
        }
    }

    /// Keeps a checkpoint outside Redis; says once when that fails, and once when it works again.
    func writeAnchor(_ checkpoint: Checkpoint) async {
        guard let url = anchorURL else { return }
        do {
            try await NIOThreadPool.singleton.runIfActive { try CheckpointAnchor(checkpoint).write(to: url) }
            if state.withLock({ $0.note(\.isAnchorWritten, true) }) { logger.notice("the anchor is written again") }
        } catch {
            guard state.withLock({ $0.note(\.isAnchorWritten, false) }) else { return }
            logger.error("the anchor is out of date", metadata: ["reason": "\(error)"])
        }
    }
}

extension CheckpointSigner.State {
    /// Notes what is so now, and answers whether it was otherwise before.
    fileprivate mutating func note(_ what: WritableKeyPath<CheckpointSigner.State, Bool>, _ isSo: Bool) -> Bool {
        defer { self[keyPath: what] = isSo }
        return self[keyPath: what] != isSo
    }
}
