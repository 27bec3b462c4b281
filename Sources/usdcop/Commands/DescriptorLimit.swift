import Foundation

/// How many files and connections this process may have open.
enum DescriptorLimit {
    /// Raises the soft limit as far as it is needed and the hard limit allows: shells mostly begin with 1,024, which is less than the
    /// connections that the service serves.
    ///
    /// - Returns: how many may be open now, when that is less than is needed.
    static func raise(to needed: Int) -> Int? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < rlim_t(needed) else { return nil }
        let before = limit.rlim_cur
        limit.rlim_cur = min(rlim_t(needed), limit.rlim_max)
        let reached = setrlimit(resource, &limit) == 0 ? limit.rlim_cur : before
        return reached < rlim_t(needed) ? Int(reached) : nil
    }

    #if os(Linux)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif
}
