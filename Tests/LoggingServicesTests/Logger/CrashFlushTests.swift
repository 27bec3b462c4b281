import CacheServices
import Foundation
import Logging
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    @Suite("The last words of a process", .timeLimit(.minutes(1)))
    struct CrashFlushTests {
        /// Logs what a crash must not lose.
        static func talk(_ path: String, to more: [LogOutput.Destination] = [], count: Int = 500) -> LogOutput {
            let output = LogOutput([.file(path)] + more)
            output.start()
            output.flushOnCrash()
            let logger = output.logger()
            for number in 0..<count { logger.info("\(number)") }
            return output
        }

        private func expectAll(_ directory: LogDirectory, _ count: Int = 500) throws {
            let messages = directory.lines().map { (try? json($0))?["message"]?.text ?? "torn: \($0)" }
            let isWhole = messages == (0..<count).map { "\($0)" }
            #expect(isWhole, "\(messages.count) messages from \(messages.first ?? "none") to \(messages.last ?? "none")")
        }

        #if arch(x86_64)
            static let trap = SIGILL
        #else
            static let trap = SIGTRAP
        #endif

        @Test func `a trap of Swift brings the buffer to the file, and ends as it would have`() async throws {
            let directory = try LogDirectory()
            let path = directory.path()
            await #expect(processExitsWith: .signal(Self.trap)) { [path = path as String] in
                _ = Self.talk(path)
                fatalError("as tested")
            }
            try expectAll(directory)
        }

        @Test func `a fault does too`() async throws {
            let directory = try LogDirectory()
            let path = directory.path()
            await #expect(processExitsWith: .signal(SIGSEGV)) { [path = path as String] in
                _ = Self.talk(path)
                UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
            }
            try expectAll(directory)
        }

        @Test(arguments: [SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGTRAP, SIGILL])
        func `so does a signal from outside`(signal: Int32) async throws {
            let directory = try LogDirectory()
            let path = directory.path()
            await #expect(processExitsWith: .signal(signal)) { [path = path as String, signal = signal as Int32] in
                _ = Self.talk(path)
                kill(getpid(), signal)
                while true { pause() }
            }
            try expectAll(directory)
        }

        @Test func `a blocked reader does not hold up the end of a crashing process`() async throws {
            let directory = try LogDirectory()
            let path = directory.path()
            let start = ContinuousClock.now
            await #expect(processExitsWith: .signal(SIGABRT)) { [path = path as String] in
                let pipe = try LogPipe()
                let output = Self.talk(path, to: [.descriptor(pipe.writing, .json)], count: 5000)
                withExtendedLifetime((pipe, output)) { abort() }
            }
            try expectAll(directory, 5000)
            #expect(start.duration(to: .now) < .seconds(30))
        }

        @Test func `what the writer cannot bring to an end is written by the crashing thread`() async throws {
            let directory = try LogDirectory()
            let path = directory.path()
            await #expect(processExitsWith: .signal(SIGABRT)) { [path = path as String] in
                // The writer itself crashes, before it wrote anything.
                struct Crashing: LogDestination {
                    let keepsTrying = true
                    let name = "a crash"
                    func write(_: UnsafeRawBufferPointer) -> LogWriteOutcome { abort() }
                    func close() {}
                }
                let open = OpenDescriptor()
                open.set(Foundation.open(path, O_WRONLY | O_CREAT, 0o600))
                let lane = LogLane(Crashing(), open: open, format: .json, capacity: 1000) { _ in }
                CrashFlush.install(for: [lane])
                for number in 0..<500 { lane.buffer.append(Array("{\"message\":\"\(number)\"}\n".utf8)) }
                lane.start()
                while true { pause() }
            }
            try expectAll(directory)
        }

        @Test func `two threads that crash at once end the process once, with everything said`() async throws {
            let directory = try LogDirectory()
            let path = directory.path()
            await #expect(processExitsWith: .signal(Self.trap)) { [path = path as String] in
                _ = Self.talk(path)
                DispatchQueue.concurrentPerform(iterations: 4) { _ in fatalError("as tested") }
            }
            try expectAll(directory)
        }

        @Test func `a handler that was there before still has its turn`() async throws {
            let directory = try LogDirectory()
            let path = directory.path()
            await #expect(processExitsWith: .exitCode(42)) { [path = path as String] in
                signal(SIGABRT) { _ in _exit(42) }
                _ = Self.talk(path)
                abort()
            }
            try expectAll(directory)
        }
    }
}
