import NIOCore
import Synchronization

/// One connection's clock, timers and place in the register. Lives on the connection's event loop.
///
/// Two handlers share it: one sees bytes, the other requests and answers.
final class ConnectionState {
    private let channel: any Channel
    private let limits: ConnectionLimits
    private let entry: ConnectionRegister.Entry
    private var clock: ConnectionClock
    private var timer: (due: NIODeadline, task: Scheduled<Void>)?
    private var stall: Scheduled<Void>?
    /// Looks in a row at which nothing had been taken, and what waited at the last one.
    private var (looks, waitingBytes) = (0, 0)
    private var hasTaken = false
    /// Whether the service ends.
    private(set) var isQuiescing = false
    /// What ends the answers, once the last of them has left.
    private var endings: [() -> Void] = []
    /// Answers that were written and of which something still waits.
    private var untaken = 0
    /// Bytes since a part of a request came out of them.
    private var idleBytes = 0
    private var hasPartCome = false
    private var unreadBytes = 0

    init(_ channel: any Channel, _ limits: ConnectionLimits, entry: ConnectionRegister.Entry, isTLS: Bool) {
        self.channel = channel
        self.limits = limits
        self.entry = entry
        clock = ConnectionClock(limits, isTLS: isTLS, now: .now())
        schedule()
    }

    /// Whether there is nothing to answer.
    var isIdle: Bool { clock.isWaiting }

    func shookHands() {
        clock.shookHands(at: .now())
        schedule()
    }

    /// Called with the number of bytes before they are decoded.
    func willDecode(_ count: Int) {
        hasPartCome = false
        idleBytes += count
        if clock.isBodyUnread { unreadBytes += count }
        if unreadBytes > ConnectionLimits.maximumUnreadBytes { close() }
    }

    /// Called when they were decoded: a request that came as a whole needs no timer.
    func didDecode() {
        if !hasPartCome {
            if idleBytes > ConnectionLimits.maximumIdleBytes { return close() }
            clock.cameIncomplete(at: .now())
        }
        schedule()
    }

    func headCame() {
        partCame()
        clock.headCame(at: .now())
        entry.markBusy()
    }

    func partCame() {
        hasPartCome = true
        idleBytes = 0
    }

    func requestEnded() {
        partCame()
        clock.requestEnded()
    }

    func answerWritten() { untaken += 1 }

    func flushed() {
        if untaken > 0 { watchStall() }
    }

    /// Called when the last of an answer has left: until then its client may be slow, but it is not idle.
    func answered() {
        untaken -= 1
        hasTaken = true
        let now = NIODeadline.now()
        clock.answered(at: now)
        if clock.isWaiting { entry.markWaiting(since: now) }
        schedule()
        if untaken == 0 { runEndings() }
        // Not at once: the client may still be sending, and would lose the answer to a reset.
        if isQuiescing, clock.isWaiting, !entry.isEnded { channel.close(mode: .output, promise: nil) }
    }

    /// The service ends: what is under way is answered, and nothing more.
    func quiesce() {
        isQuiescing = true
        if isIdle, !entry.isEnded { close() }
    }

    /// Called when nothing will be answered any more: what was is let go first, and the connection then closes soon.
    func endAnswers(_ end: @escaping () -> Void) {
        entry.markEnded()
        endings.append(end)
        if untaken == 0 { runEndings() }
    }

    private func runEndings() {
        let ready = endings
        guard !ready.isEmpty else { return }
        endings = []
        for end in ready { end() }
        let now = NIODeadline.now()
        clock.gaveUp(at: now)
        entry.markWaiting(since: now)
        schedule()
    }

    func failed() {
        clock.failed(at: .now())
        schedule()
    }

    func writabilityChanged(_ isWritable: Bool) {
        hasTaken = true
        if !isWritable { watchStall() }
    }

    private func watchStall() {
        guard stall == nil else { return }
        (looks, waitingBytes, hasTaken) = (0, bufferedBytes, false)
        lookLater()
    }

    private func lookLater() { stall = later(in: .nanoseconds(limits.stallTimeout.nanoseconds / Int64(Self.looksBeforeEnd))) { $0.look() } }

    /// Whether something was taken since the last look: an answer left, what waits became less, or more could be written meanwhile.
    private func look() {
        stall = nil
        guard untaken > 0 || !channel.isWritable else { return }
        let bytes = bufferedBytes
        looks = hasTaken || bytes < waitingBytes ? 0 : looks + 1
        (waitingBytes, hasTaken) = (bytes, false)
        if looks < Self.looksBeforeEnd { lookLater() } else { close() }
    }

    private static let looksBeforeEnd = 4

    private var bufferedBytes: Int { (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }

    func ended() {
        timer?.task.cancel()
        stall?.cancel()
        (timer, stall) = (nil, nil)
        let waiting = endings
        endings = []
        for end in waiting { end() }
    }

    private func close() { channel.close(promise: nil) }

    /// Sets the timer when it would come too late. One that comes too early looks again: most requests set none.
    private func schedule() {
        guard let deadline = clock.deadline else { return }
        if let timer {
            guard deadline < timer.due else { return }
            timer.task.cancel()
        }
        timer = (deadline, later(in: max(.nanoseconds(0), deadline - .now())) { $0.due() })
    }

    private func due() {
        timer = nil
        guard let deadline = clock.deadline else { return }
        if deadline <= .now() { close() } else { schedule() }
    }

    private func later(in delay: TimeAmount, _ body: @escaping (ConnectionState) -> Void) -> Scheduled<Void> {
        channel.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            if let self { body(self) }
        }
    }
}
