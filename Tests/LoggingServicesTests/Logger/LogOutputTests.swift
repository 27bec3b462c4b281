import CacheServices
import Foundation
import Logging
import RedisTesting
import Synchronization
import Testing

@testable import LoggingServices

extension Live {
    @Suite("The output of the log", .timeLimit(.minutes(2)))
    struct LogOutputTests {
        /// Finds in lines of many threads which numbers each thread wrote, in the order in which they stand.
        private struct Reading {
            private(set) var numbers: [Int: [Int]] = [:]
            private(set) var noticed = 0
            private(set) var records = 0

            init(_ text: String) throws {
                for line in text.split(separator: "\n") {
                    guard line.hasPrefix(#"{"timestamp":""#), line.hasSuffix(#"","context":{"service":"test"}}"#) else {
                        let entry = try json(line)
                        noticed += try #require(entry["metadata"]?["dropped"]?.double.map { Int($0) }, "torn: \(line)")
                        #expect(entry["level"] == "warn")
                        continue
                    }
                    let message = line.utf8.dropFirst(14 + 24 + #"","level":"info","message":""#.utf8.count).prefix { $0 != 0x22 }
                    let words = try #require(String(message)).split(separator: " ")
                    #expect(line.utf8.count == 14 + 24 + 28 + message.count + 31 && words.count == 2)
                    numbers[try #require(Int(words[0])), default: []].append(try #require(Int(words[1])))
                    records += 1
                }
            }

            /// Whether each thread's numbers come in order, each once.
            var isInOrder: Bool { numbers.values.allSatisfy { list in zip(list, list.dropFirst()).allSatisfy { $0 < $1 } } }
        }

        @Test(arguments: [(10_000, 200_000), (64, 20_000)])
        func `of the records of 8 threads each is written once or counted, whole and in order`(capacity: Int, count: Int) async throws {
            let directory = try LogDirectory()
            let output = LogOutput([.file(directory.path())], capacity: capacity)
            output.start()
            let logger = output.logger()
            DispatchQueue.concurrentPerform(iterations: 8) { thread in
                for number in 0..<(count / 8) { logger.info("\(thread) \(number)") }
            }
            #expect(await output.stop(within: .seconds(30)))
            let reading = try Reading(directory.text())
            #expect(reading.isInOrder)
            #expect(reading.noticed == output.droppedRecords)
            #expect(reading.records + reading.noticed == count)
        }

        @Test func `a reader that stops holds up nobody, and what is lost is counted and told`() async throws {
            let pipe = try LogPipe()
            let output = LogOutput([.descriptor(pipe.writing, .json)], capacity: 500)
            output.start()
            let logger = output.logger()
            var longest = Duration.zero
            for number in 0..<5000 {
                let start = ContinuousClock.now
                logger.info("0 \(number)")
                longest = max(longest, ContinuousClock.now - start)
            }
            #expect(longest < .seconds(1))
            let dropped = output.droppedRecords
            #expect(dropped > 3000)
            #expect(await !output.flush(within: .milliseconds(10)))
            let reading = try Reading(pipe.read(until: "records were dropped"))
            #expect(reading.noticed == dropped)
            #expect(reading.records == 5000 - dropped)
            #expect(reading.isInOrder)
            #expect(await output.stop())
            #expect(output.droppedRecords == dropped)
        }

        @Test func `a blocked stream does not hold up the file`() async throws {
            let (pipe, directory) = (try LogPipe(), try LogDirectory())
            let output = LogOutput([.descriptor(pipe.writing, .pretty(coloured: false)), .file(directory.path())], capacity: 2000)
            output.start()
            let logger = output.logger()
            for number in 0..<1500 { logger.info("0 \(number)") }
            try await eventually { directory.lines().count == 1500 }
            #expect(output.droppedRecords == 0)
            let text = pipe.read(until: "0 1499")
            #expect(text.split(separator: "\n").count == 1500)
            #expect(text.hasPrefix("📝 "))
        }

        @Test func `records before the start are kept, and those at the end are flushed`() async throws {
            let directory = try LogDirectory()
            let output = LogOutput([.file(directory.path())])
            let logger = output.logger()
            logger.info("before")
            #expect(directory.names == [])
            #expect(await !output.flush(within: .milliseconds(1)))
            output.start()
            logger.info("after")
            #expect(await output.flush())
            #expect(try directory.lines().map { try json($0)["message"]?.text } == ["before", "after"])
            await output.stop()
            logger.info("too late")
            #expect(output.droppedRecords == 1)
        }

        @Test func `a flush does not wait for the writer's breath, nor for a cancelled task`() async throws {
            let directory = try LogDirectory()
            let output = LogOutput([.file(directory.path())])
            output.start()
            let logger = output.logger()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                for number in 0..<20 {
                    logger.info("\(number)")
                    guard await output.flush(), directory.lines().count == number + 1 else { return false }
                }
                return true
            }
            #expect(await task.value)
        }

        @Test func `a reader that went away costs the records, and nothing else`() async throws {
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            let output = LogOutput([.descriptor(ends[1], .json)])
            close(ends[0])
            close(ends[1])
            output.start()
            let logger = output.logger()
            for _ in 0..<100 { logger.info("into the void") }
            #expect(await output.flush())
            #expect(output.droppedRecords == 100)
            await output.stop()
        }

        @Test func `a dead destination is asked once a batch, and not again and again`() async throws {
            final class Calls: Sendable {
                let count = Atomic<Int>(0)
            }
            struct Dead: LogDestination {
                let calls: Calls
                let keepsTrying = false
                let name = "nothing"
                func write(_: UnsafeRawBufferPointer) -> LogWriteOutcome {
                    calls.count.wrappingAdd(1, ordering: .relaxed)
                    return .failed(EIO)
                }
                func close() {}
            }
            let calls = Calls()
            let lane = LogLane(Dead(calls: calls), open: OpenDescriptor(), format: .json, capacity: 10) { _ in }
            lane.start()
            for _ in 0..<50 {
                lane.buffer.append(Array("x\n".utf8))
                #expect(lane.flush(until: .now + .seconds(5)))
            }
            #expect(lane.buffer.lostRecords == 50)
            // One for the record and one for the notice of those before.
            #expect(calls.count.load(ordering: .relaxed) <= 100)
            lane.stop()
        }

        @Test func `a descriptor that was closed gets no lines, nor does a file that takes its number`() async throws {
            await #expect(processExitsWith: .success) {
                let directory = try LogDirectory()
                close(STDERR_FILENO)
                let output = LogOutput([.standardError(.json), .file(directory.path())])
                // Not left to the next opened file: the runtime opens some, too.
                try #require(dup2(open(directory.path("other"), O_RDWR | O_CREAT, 0o600), STDERR_FILENO) == STDERR_FILENO)
                output.start()
                output.logger().info("hello")
                try #require(await output.stop())
                guard directory.text("other").isEmpty, directory.lines().count == 1, output.droppedRecords == 1 else { exit(1) }
            }
        }

        /// A destination that says what happens to it.
        private final class Watched: Sendable {
            let isClosed = Atomic<Bool>(false)
            let isQuiet = Atomic<Bool>(false)

            struct Destination: LogDestination {
                let watched: Watched
                let pause: UInt32
                let keepsTrying = false
                let name = "a watched one"
                func write(_ bytes: UnsafeRawBufferPointer) -> LogWriteOutcome {
                    usleep(pause)
                    return .wrote(bytes.count)
                }
                func close() { watched.isClosed.store(true, ordering: .releasing) }
            }

            /// Appends again and again until it is told to be quiet.
            func pester(_ lane: LogLane) {
                Thread.detachNewThread {
                    while !self.isQuiet.load(ordering: .acquiring) { lane.buffer.append(Array("x\n".utf8)) }
                }
            }
        }

        @Test func `records that come after the end do not keep the writer from ending`() async throws {
            let watched = Watched()
            let lane = LogLane(Watched.Destination(watched: watched, pause: 0), open: OpenDescriptor(), format: .json, capacity: 100) { _ in
            }
            lane.start()
            watched.pester(lane)
            try await eventually { lane.buffer.settledRecords > 0 }
            lane.stop()
            try await eventually { watched.isClosed.load(ordering: .acquiring) }
            let lost = lane.buffer.lostRecords
            try await eventually { lane.buffer.lostRecords > lost }
            watched.isQuiet.store(true, ordering: .releasing)
        }

        @Test func `a flush does not wait for drops that come after it`() async throws {
            let watched = Watched()
            let lane = LogLane(Watched.Destination(watched: watched, pause: 1000), open: OpenDescriptor(), format: .json, capacity: 10) {
                _ in
            }
            lane.start()
            for _ in 0..<2 { watched.pester(lane) }
            try await eventually { lane.buffer.lostRecords > 1000 }
            for _ in 0..<5 {
                let start = ContinuousClock.now
                #expect(lane.flush(until: start + .seconds(10)))
                #expect(start.duration(to: .now) < .seconds(5))
            }
            watched.isQuiet.store(true, ordering: .releasing)
            lane.stop()
        }

        @Test func `a record that a full disk cut in two does not swallow the next one`() async throws {
            await #expect(processExitsWith: .success) {
                #if canImport(Glibc)
                    let fileSize = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
                #else
                    let fileSize = RLIMIT_FSIZE
                #endif
                let directory = try LogDirectory()
                let file = open(directory.path(), O_WRONLY | O_CREAT | O_APPEND, 0o600)
                var limit = rlimit()
                try #require(getrlimit(fileSize, &limit) == 0)
                let unlimited = limit
                limit.rlim_cur = 5000
                try #require(setrlimit(fileSize, &limit) == 0)
                let output = LogOutput([.descriptor(file, .json)])
                let logger = output.logger()
                for number in 0..<100 { logger.info("record \(number)") }
                output.start()
                try #require(await output.flush())
                try #require(directory.text().utf8.count == 5000 && output.droppedRecords > 0)
                limit = unlimited
                try #require(setrlimit(fileSize, &limit) == 0)
                logger.info("after")
                try #require(await output.stop())
                let entries = directory.lines().map { try? json($0) }
                // One half record, whole ones before and after it, and the count of those that are lost.
                guard entries.count(where: { $0 == nil }) == 1, let torn = entries.firstIndex(where: { $0 == nil }) else { exit(1) }
                guard entries[torn + 1]?["message"] == "after" else { exit(2) }
                guard entries.last.flatMap({ $0 })?["metadata"]?["dropped"]?.double == Double(100 - torn) else { exit(3) }
            }
        }
    }
}
