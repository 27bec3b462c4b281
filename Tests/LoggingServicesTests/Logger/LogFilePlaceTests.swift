import CacheServices
import Foundation
import Logging
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    /// Links, devices, and files that several processes write.
    @Suite("Where a log file lies", .timeLimit(.minutes(2)))
    struct LogFilePlaceTests {
        private static let rules = LogFileRules(maximumSize: 100, keptFiles: 10_000)

        private static func link(_ path: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        }

        private static func isLink(_ path: String) -> Bool { (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil }

        @Test func `a link stays, and the file behind it is moved aside where it lies`() async throws {
            let (directory, links) = (try LogDirectory(), try LogDirectory())
            try Self.link(links.path("second"), to: directory.path())
            try Self.link(links.path(), to: "second")
            let output = LogOutput([.file(links.path(), Self.rules)])
            output.start()
            let logger = output.logger()
            for number in 0..<4 { logger.info("a record that fills its file \(number)") }
            #expect(await output.stop())
            #expect(links.names == ["desk.log", "second"])
            #expect(Self.isLink(links.path()) && Self.isLink(links.path("second")))
            #expect(directory.names.count == 4 && directory.names.last == "desk.log")
            #expect(directory.names.allSatisfy { directory.lines($0).count == 1 })
        }

        #if os(Linux)
            @Test func `another program's descriptor is written to and never moved`() async throws {
                let directory = try LogDirectory()
                let descriptor = open(directory.path("output"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
                defer { close(descriptor) }
                for (name, target) in [("direct", ""), ("desk.log", "/proc/self/fd/\(descriptor)")] {
                    if !target.isEmpty { try Self.link(directory.path(name), to: target) }
                    let path = target.isEmpty ? "/proc/self/fd/\(descriptor)" : directory.path(name)
                    let output = LogOutput([.file(path, Self.rules)])
                    output.start()
                    let logger = output.logger()
                    for number in 0..<4 { logger.info("a record that is as long as a file \(number)") }
                    #expect(await output.stop())
                }
                #expect(directory.names == ["desk.log", "output"])
                #expect(directory.lines("output").count == 8)
            }
        #endif

        @Test func `a file that another process moved aside and removed costs no record`() async throws {
            let directory = try LogDirectory()
            let outputs = (0..<2).map { _ in LogOutput([.file(directory.path(), LogFileRules(maximumSize: 100, keptFiles: 0))]) }
            for output in outputs { output.start() }
            let loggers = outputs.map { $0.logger() }
            for number in 0..<20 {
                let one = number % 2
                loggers[one].info("a record that fills its file \(number)")
                #expect(await outputs[one].flush())
                // The other one's next record goes where this one is, or moves it aside first.
                #expect(directory.names == ["desk.log"])
                #expect(directory.text().contains("file \(number)"))
            }
            for output in outputs { #expect(await output.stop()) }
        }

        @Test func `two that begin new files at the same moment destroy none`() async throws {
            let directory = try LogDirectory()
            let rules = LogFileRules(maximumSize: 1000, keptFiles: 10_000)
            // The same millisecond for all, so that all want the same names.
            let outputs = (0..<2).map { _ in LogOutput([.file(directory.path(), rules)], now: { .sample }) }
            for output in outputs { output.start() }
            DispatchQueue.concurrentPerform(iterations: 2) { one in
                let logger = outputs[one].logger()
                for number in 0..<500 {
                    logger.info("record \(one)-\(number).")
                    if number % 10 == 0 { outputs[one].flushNow() }
                }
            }
            for output in outputs { #expect(await output.stop(within: .seconds(20))) }
            let records = directory.names.flatMap { directory.lines($0) }
            #expect(directory.names.count > 5)
            #expect(records.count == 1000 && Set(records.map { $0.drop { $0 != "-" }.drop { $0 != "r" } }).count == 1000)
        }

        @Test func `of the records of two processes on one file each is there once`() async throws {
            let directory = try LogDirectory()
            let path = directory.path()
            await withTaskGroup(of: Void.self) { group in
                for process in 0..<2 {
                    group.addTask {
                        await #expect(processExitsWith: .success) { [path = path as String, process = process as Int] in
                            let output = LogOutput([.file(path, LogFileRules(maximumSize: 2000, keptFiles: 10_000))])
                            output.start()
                            let logger = output.logger()
                            for number in 0..<2000 {
                                logger.info("record \(process)-\(number).")
                                if number % 20 == 0 { await output.flush() }
                            }
                            guard await output.stop(within: .seconds(20)), output.droppedRecords == 0 else { exit(1) }
                        }
                    }
                }
            }
            let messages = try directory.names.flatMap { try directory.lines($0).map { try json($0)["message"]?.text ?? "" } }
            #expect(messages.count == 4000)
            #expect(Set(messages).count == 4000)
        }
    }
}
