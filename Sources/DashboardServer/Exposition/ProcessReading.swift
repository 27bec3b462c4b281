import Foundation
import NIOPosix

/// What the system says of this process, under the names that Prometheus' client libraries give it.
///
/// On Linux from `/proc`; elsewhere only the time on the processor.
struct ProcessReading: Sendable, Hashable {
    var residentBytes: Double?
    var virtualBytes: Double?
    var openDescriptors: Double?
    var maximumDescriptors: Double?
    var threads: Double?
    /// Since 1970.
    var startSeconds: Double?
    var cpuSeconds: Double?

    /// Reads on a thread that may block: a process with many descriptors has a long list of them.
    @Sendable static func collect() async -> [MetricFamily] {
        let reading = try? await NIOThreadPool.singleton.runIfActive { ProcessReading.now() }
        return reading?.families ?? []
    }

    /// Reads the present state, blocking.
    static func now() -> ProcessReading {
        var reading = ProcessReading()
        var usage = rusage()
        #if os(Linux)
            let own = __rusage_who_t(RUSAGE_SELF.rawValue)
        #else
            let own = RUSAGE_SELF
        #endif
        if getrusage(own, &usage) == 0 { reading.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime) }
        var limit = rlimit()
        #if os(Linux)
            let descriptors = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
            let descriptors = getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        if descriptors == 0 { reading.maximumDescriptors = Double(limit.rlim_cur) }
        if let stat = text(of: "/proc/self/stat") { reading.read(stat: stat, boot: text(of: "/proc/stat")) }
        // The list itself takes one while it is read.
        if let list = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            reading.openDescriptors = Double(max(0, list.count - 1))
        }
        return reading
    }

    /// - Parameters:
    ///   - stat: `/proc/self/stat`: the name in parentheses may itself hold spaces and parentheses.
    ///   - boot: `/proc/stat`, which has the time of the system's start.
    mutating func read(stat: String, boot: String?) {
        guard let end = stat.lastIndex(of: ")") else { return }
        let fields = stat[end...].split(separator: " ").dropFirst().compactMap { Double($0) ?? 0 }
        guard fields.count > 21 else { return }
        threads = fields[17]
        virtualBytes = fields[20]
        residentBytes = fields[21] * Double(sysconf(Int32(_SC_PAGESIZE)))
        let started = boot?.split(separator: "\n").first { $0.hasPrefix("btime ") }?.dropFirst(6)
        guard let bootSeconds = started.flatMap({ Double($0) }) else { return }
        startSeconds = bootSeconds + fields[19] / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    }

    /// The metrics of what is known.
    var families: [MetricFamily] {
        [
            residentBytes.map { .gauge("process_resident_memory_bytes", "Memory of the process that is in RAM.", $0) },
            virtualBytes.map { .gauge("process_virtual_memory_bytes", "Memory that the process has addressed.", $0) },
            openDescriptors.map { .gauge("process_open_fds", "File descriptors that are open.", $0) },
            maximumDescriptors.map { .gauge("process_max_fds", "File descriptors that may be open at once.", $0) },
            threads.map { .gauge("process_threads", "Threads of the process.", $0) },
            startSeconds.map { .gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", $0) },
            cpuSeconds.map { .counter("process_cpu_seconds_total", "Time on processors, of all threads, user and system.", $0) },
        ].compactMap(\.self)
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    private static func text(of path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
