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
                try #require(open(directory.path("other"), O_RDWR | O_CREAT, 0o600) == STDERR_FILENO)
                output.start()
                output.logger().info("hello")
                try #require(await output.stop())
                guard directory.text("other").isEmpty, directory.lines().count == 1, output.droppedRecords == 1 else { exit(1) }
            }
        }
    }
}
