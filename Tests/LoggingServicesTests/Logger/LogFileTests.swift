import CacheServices
import Foundation
import Logging
import RedisTesting
import Synchronization
import Testing

@testable import LoggingServices

extension Live {
    @Suite("Log files", .timeLimit(.minutes(2)))
    struct LogFileTests {
        private static let dayLength: Int64 = 86_400_000
        private static let morning: Int64 = 1_736_937_000_000

        /// A clock that the test moves.
        private final class Clock: Sendable {
            let milliseconds = Atomic<Int64>(LogFileTests.morning)

            var now: Timestamp { Timestamp(milliseconds: milliseconds.load(ordering: .relaxed)) }
            func move(_ step: Int64) { milliseconds.wrappingAdd(step, ordering: .relaxed) }
        }

        private static func messages(_ text: String) throws -> [String] {
            try text.split(separator: "\n").map { try json($0)["message"]?.text ?? "" }
        }

        @Test(arguments: [LineFormat.json, .pretty(coloured: false)])
        func `rotation under load loses nothing, and no file is too long`(format: LineFormat) async throws {
            let directory = try LogDirectory()
            let output = LogOutput([.file(directory.path(), LogFileRules(maximumSize: 20_000, keptFiles: 10_000), format)])
            output.start()
            let logger = output.logger()
            DispatchQueue.concurrentPerform(iterations: 4) { thread in
                for number in 0..<1000 { logger.info("record \(thread)-\(number).", metadata: ["a": "b"]) }
            }
            #expect(await output.stop(within: .seconds(20)))
            #expect(output.droppedRecords == 0)
            let names = directory.names
            #expect(names.count > 10)
            #expect(names.last == "desk.log")
            var records: [Substring] = []
            for name in names {
                let text = directory.text(name)
                #expect(text.utf8.count <= 20_000 && text.hasSuffix("\n"))
                #expect(text.hasPrefix(format == .json ? "{" : "📝"))
                records += text.split(separator: "\n").filter { $0.contains("record ") }
            }
            #expect(records.count == 4000)
            #expect(Set(records.map { $0.drop { $0 != "-" } }).count == records.count)
            // The names sort as the records were written.
            let first = records.compactMap { $0.contains("record 0-") ? Int($0.split(separator: "-")[3].prefix { $0 != "." }) : nil }
            #expect(first == Array(0..<1000))
        }

        @Test func `a new day begins a new file, named after the last record of the old`() async throws {
            let (directory, clock) = (try LogDirectory(), Clock())
            let output = LogOutput([.file(directory.path())], now: { clock.now })
            output.start()
            let logger = output.logger()
            logger.info("first day")
            #expect(await output.flush())
            clock.move(Self.dayLength / 2)
            logger.info("evening")
            #expect(await output.flush())
            clock.move(Self.dayLength / 2)
            logger.info("second day")
            #expect(await output.stop())
            #expect(directory.names == ["desk-20250115T223000.000Z.log", "desk.log"])
            #expect(try Self.messages(directory.text("desk-20250115T223000.000Z.log")) == ["first day", "evening"])
            #expect(try Self.messages(directory.text()) == ["second day"])
        }

        @Test func `yesterday's file is moved aside by a process that starts today`() async throws {
            let (directory, clock) = (try LogDirectory(), Clock())
            try Data("old\n".utf8).write(to: URL(fileURLWithPath: directory.path()))
            let written = Date(timeIntervalSince1970: Double(Self.morning - Self.dayLength) / 1000)
            try FileManager.default.setAttributes([.modificationDate: written], ofItemAtPath: directory.path())
            let output = LogOutput([.file(directory.path())], now: { clock.now })
            output.start()
            output.logger().info("today")
            #expect(await output.stop())
            #expect(directory.names == ["desk-20250114T103000.000Z.log", "desk.log"])
            #expect(directory.text("desk-20250114T103000.000Z.log") == "old\n")
        }

        @Test func `finished files stay by number and by age, and other files stay anyway`() async throws {
            let (directory, clock) = (try LogDirectory(), Clock())
            let others = [
                "desk-notes.log", "desk-20250101T000000.000Z.txt", "desk-20251301T000000.000Z.log", "other-20200101T000000.000Z.log",
            ]
            for name in others + ["desk-20200101T000000.000Z.log"] { try Data().write(to: URL(fileURLWithPath: directory.path(name))) }
            let rules = LogFileRules(maximumSize: 100, keptFiles: 4, keptTime: .seconds(3 * 86_400))
            let output = LogOutput([.file(directory.path(), rules)], now: { clock.now })
            output.start()
            let logger = output.logger()
            func finished() -> [String] { directory.names.filter { !others.contains($0) && $0 != "desk.log" } }
            for number in 0..<8 {
                logger.info("a record that fills its file \(number)")
                #expect(await output.flush())
                clock.move(1)
            }
            #expect(
                finished() == (3...6).map { "desk-20250115T103000.00\($0)Z.log" })
            clock.move(4 * Self.dayLength)
            logger.info("much later")
            #expect(await output.stop())
            // The one that was finished just now is as old as its last record.
            #expect(finished() == [])
            #expect(Set(others).isSubset(of: Set(directory.names)))
        }

        @Test func `files that end in the same millisecond get names of their own`() async throws {
            let (directory, clock) = (try LogDirectory(), Clock())
            let output = LogOutput([.file(directory.path(), LogFileRules(maximumSize: 100))], now: { clock.now })
            let logger = output.logger()
            for number in 0..<4 { logger.info("a record that fills its file \(number)") }
            output.start()
            #expect(await output.stop())
            #expect(directory.names == (0...2).map { "desk-20250115T103000.00\($0)Z.log" } + ["desk.log"])
            #expect(try directory.names.flatMap { try Self.messages(directory.text($0)) }.count == 4)
        }

        @Test func `a file that was moved away is begun anew`() async throws {
            let directory = try LogDirectory()
            let output = LogOutput([.file(directory.path())])
            output.start()
            let logger = output.logger()
            logger.info("before")
            #expect(await output.flush())
            try FileManager.default.moveItem(atPath: directory.path(), toPath: directory.path("moved"))
            var number = 0
            try await eventually {
                logger.info("after \(number)")
                number += 1
                return await output.flush() && directory.names.contains("desk.log")
            }
            #expect(await output.stop())
            #expect(
                try Self.messages(directory.text("moved") + directory.text()) == ["before"] + (0..<number).map { "after \($0)" })
        }

        @Test func `a file can be read by its group, and its directories are made`() async throws {
            let directory = try LogDirectory()
            let output = LogOutput([.file(directory.path("a/b/desk.log"))])
            output.start()
            output.logger().info("x")
            #expect(await output.stop())
            let mode = try FileManager.default.attributesOfItem(atPath: directory.path("a/b/desk.log"))[.posixPermissions] as? Int
            let mask = umask(0)
            umask(mask)
            #expect(mode == 0o640 & ~Int(mask))
        }

        @Test func `while a file cannot be written records are kept, it is said once, and nothing is lost`() async throws {
            let (directory, pipe) = (try LogDirectory(), try LogPipe())
            // Not even the administrator opens a file below a file.
            try Data().write(to: URL(fileURLWithPath: directory.path("blocked")))
            let output = LogOutput([.descriptor(pipe.writing, .json), .file(directory.path("blocked/desk.log"))])
            output.start()
            let logger = output.logger()
            for number in 0..<100 { logger.info("record \(number)") }
            #expect(await !output.flush(within: .milliseconds(100)))
            try FileManager.default.removeItem(atPath: directory.path("blocked"))
            #expect(await output.flush(within: .seconds(10)))
            logger.info("end")
            #expect(await output.stop())
            #expect(try Self.messages(directory.text("blocked/desk.log")) == (0..<100).map { "record \($0)" } + ["end"])
            let said = try Self.messages(pipe.read(until: "\"end\""))
            #expect(said.filter { $0.contains("the log file") }.count == 2)
            #expect(said.filter { $0.hasPrefix("record") }.count == 100)
            #expect(output.droppedRecords == 0)
        }

        @Test(.enabled(if: access("/dev/full", W_OK) == 0))
        func `on a full disk the stream goes on, and what finds no room is counted`() async throws {
            let pipe = try LogPipe()
            let output = LogOutput([.descriptor(pipe.writing, .json), .file("/dev/full")], capacity: 100)
            output.start()
            let logger = output.logger()
            for number in 0..<50 { logger.info("record \(number)") }
            // The stream has all of it while the file fails.
            let first = try Self.messages(pipe.read(until: "cannot be written"))
            for number in 50..<150 {
                logger.info("record \(number)")
                _ = pipe.read(until: "record \(number)")
            }
            #expect(first.count > 1)
            #expect(output.droppedRecords == 50)
            #expect(await !output.stop(within: .milliseconds(50)))
            try await eventually { output.droppedRecords == 150 }
        }

        @Test func `a file that reached a limit in the midst of a record goes on where it stopped`() async throws {
            await #expect(processExitsWith: .success) {
                let (directory, pipe) = (try LogDirectory(), try LogPipe())
                var limit = rlimit(rlim_cur: 5000, rlim_max: rlim_t.max)
                try #require(getrlimit(Self.fileSize, &limit) == 0)
                let unlimited = limit
                limit.rlim_cur = 5000
                try #require(setrlimit(Self.fileSize, &limit) == 0)
                let output = LogOutput([.descriptor(pipe.writing, .json), .file(directory.path())])
                output.start()
                let logger = output.logger()
                for number in 0..<100 { logger.info("record \(number)") }
                _ = pipe.read(until: "cannot be written")
                try #require(directory.text().utf8.count == 5000)
                limit = unlimited
                try #require(setrlimit(Self.fileSize, &limit) == 0)
                try #require(await output.stop(within: .seconds(10)))
                guard try Self.messages(directory.text()) == (0..<100).map({ "record \($0)" }) else { exit(1) }
            }
        }

        @Test func `a record that a new file cuts in two is begun again there`() async throws {
            await #expect(processExitsWith: .success) {
                let (directory, pipe) = (try LogDirectory(), try LogPipe())
                var limit = rlimit()
                try #require(getrlimit(Self.fileSize, &limit) == 0)
                limit.rlim_cur = 5000
                try #require(setrlimit(Self.fileSize, &limit) == 0)
                let output = LogOutput([.descriptor(pipe.writing, .json), .file(directory.path())])
                output.start()
                let logger = output.logger()
                for number in 0..<60 { logger.info("record \(number)") }
                _ = pipe.read(until: "cannot be written")
                try FileManager.default.moveItem(atPath: directory.path(), toPath: directory.path("moved"))
                try #require(await output.stop(within: .seconds(10)))
                let moved = directory.lines("moved")
                guard try json(moved[0])["message"] == "record 0", (try? json(moved[moved.count - 1])) == nil else { exit(1) }
                let all = try Self.messages(moved.dropLast().joined(separator: "\n")) + Self.messages(directory.text())
                guard all == (0..<60).map({ "record \($0)" }) else { exit(2) }
            }
        }

        @Test func `a removed file is begun anew with the next record`() async throws {
            let directory = try LogDirectory()
            let output = LogOutput([.file(directory.path())])
            output.start()
            let logger = output.logger()
            for number in 0..<5 {
                logger.info("record \(number)")
                #expect(await output.flush())
                #expect(try Self.messages(directory.text()) == ["record \(number)"])
                try FileManager.default.removeItem(atPath: directory.path())
            }
            #expect(await output.stop())
        }

        @Test func `much is written in slices that end with a record`() throws {
            let directory = try LogDirectory()
            var file = FileDestination(directory.path(), rules: LogFileRules(), open: OpenDescriptor())
            defer { file.close() }
            let record = Array(#"{"message":"one of very many"}"#.utf8) + [UInt8(ascii: "\n")]
            let bytes = Array(repeating: record, count: 10_000).flatMap { $0 }
            try bytes.withUnsafeBytes { bytes in
                guard case .wrote(let count) = file.write(bytes) else { throw POSIXError(.EIO) }
                #expect(count <= 64 * 1024 && count > 60 * 1024)
                #expect(count.isMultiple(of: record.count))
            }
        }

        #if canImport(Glibc)
            private static let fileSize = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
        #else
            private static let fileSize = RLIMIT_FSIZE
        #endif
    }
}
