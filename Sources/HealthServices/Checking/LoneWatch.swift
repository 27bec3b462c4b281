import CacheServices
import Foundation

/// Which changes of services have lasted, as one process sees it that has lost sight of the others. Pure.
///
/// The identity of a change is made of what all processes knew of the service when Redis went away: its fencing number then, and which of
/// its changes this is. So all that lost the same Redis at the same time tell the same change under the same identity. A process that never
/// saw Redis has a word of its own in that place: its changes must not be taken for those of an earlier outage.
struct LoneWatch: Sendable {
    private struct Course {
        let base: String
        var last: ServiceStatus?
        var confirmed: ServiceStatus?
        var step: Int
        var candidate: ServiceStatus?
        var count = 0
        var since = Timestamp.earliest
    }

    private let run: String
    /// What all processes knew when Redis could be read last.
    private(set) var known: [OperationName: SharedCourse] = [:]
    private var courses: [OperationName: Course] = [:]
    /// The last steps of services that were forgotten: registered again, they go on from there, or their alerts would pass for known ones.
    private var steps: [OperationName: Int] = [:]

    /// - Parameter run: names this run of the process.
    init(run: String = String(UUID().uuidString.lowercased().prefix(8))) {
        self.run = run
    }

    /// Takes what all processes know, while Redis can be read.
    mutating func learn(_ known: [OperationName: SharedCourse]) { self.known = known }

    /// Takes a check that all processes know since a moment ago, so that what it found is not taken for new.
    ///
    /// - Parameter hasLasted: whether it completed a change that was told.
    mutating func learn(_ service: OperationName, is status: ServiceStatus, fence: Int, hasLasted: Bool) {
        let before = known[service]
        known[service] = SharedCourse(
            confirmed: hasLasted ? status : before?.confirmed, last: status, fence: fence,
            changes: (before?.changes ?? 0) + (hasLasted ? 1 : 0))
    }

    /// Begins to watch: from what all processes knew last, and from what this one has seen since and they do not know yet.
    mutating func begin(after unshared: [LoneChange] = []) {
        courses = [:]
        for change in unshared {
            var course = start(change.service)
            (course.last, course.confirmed) = (change.to, change.to)
            course.step = max(course.step, change.step)
            course.candidate = change.to
            courses[change.service] = course
        }
    }

    /// Forgets a service that is not watched any more.
    mutating func forget(_ service: OperationName) {
        steps[service] = max(steps[service] ?? 0, courses[service]?.step ?? 0)
        known[service] = nil
        courses[service] = nil
    }

    /// Takes how a check found a service.
    ///
    /// - Parameter count: checks after which a change has lasted.
    /// - Returns: how the check before found it, and the change that has lasted now.
    mutating func take(_ health: ServiceHealth, lastingFor count: Int) -> (before: ServiceStatus?, lasting: LoneChange?) {
        var course = courses[health.service] ?? start(health.service)
        defer { courses[health.service] = course }
        let before = course.last
        course.last = health.status
        return (before, lasting(health, in: &course, for: count))
    }

    private func lasting(_ health: ServiceHealth, in course: inout Course, for count: Int) -> LoneChange? {
        if health.status == course.candidate {
            course.count += 1
        } else {
            (course.candidate, course.count, course.since) = (health.status, 1, health.lastCheck ?? .now)
        }
        let before = course.confirmed
        guard health.status != before, course.count >= max(1, count) else { return nil }
        course.confirmed = health.status
        // That a service is well when it is seen for the first time is no news.
        guard before != nil || health.status != .healthy else { return nil }
        course.step += 1
        return LoneChange(health, from: before, at: course.since, base: course.base, step: course.step)
    }

    private func start(_ service: OperationName) -> Course {
        let shared = known[service]
        // What was registered a moment ago was never checked under a number: that of its neighbours is as good.
        let fence = shared?.fence ?? known.values.map(\.fence).max()
        return Course(
            base: fence.map(String.init) ?? run, last: shared?.last, confirmed: shared?.confirmed,
            step: max(shared?.changes ?? 0, steps[service] ?? 0))
    }
}
