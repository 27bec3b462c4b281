import Foundation
import Testing

@testable import usdcop

@Suite("The state directory of a demo")
struct DemoDirectoryTests {
    private func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

    @Test func `what was made for it goes with it, and what was there stays`() throws {
        let scratch = try ScratchDirectory()
        let directory = DemoDirectory(url: scratch.url.appendingPathComponent("state/usdcop/demo"))
        try directory.prepare()
        try directory.prepare()
        #expect(directory.isOwn)
        try Data("x".utf8).write(to: directory.url.appendingPathComponent("journal"))
        try directory.remove()
        #expect(!exists(scratch.url.appendingPathComponent("state")) && exists(scratch.url))
        try directory.remove()
    }

    @Test func `a folder that holds something else by then stays`() throws {
        let scratch = try ScratchDirectory()
        let directory = DemoDirectory(url: scratch.url.appendingPathComponent("state/demo"))
        try directory.prepare()
        let other = scratch.url.appendingPathComponent("state/other")
        try Data().write(to: other)
        try directory.remove()
        #expect(!exists(directory.url) && exists(other))
    }

    @Test func `a directory that was there before is never removed`() throws {
        let scratch = try ScratchDirectory()
        let directory = DemoDirectory(url: scratch.url)
        try directory.prepare()
        #expect(!directory.isOwn)
        try directory.remove()
        #expect(exists(scratch.url))
    }

    @Test func `one that cannot be made is an error`() {
        #expect { try DemoDirectory(url: URL(fileURLWithPath: "/proc/nothing/demo")).prepare() } throws: {
            ($0 as? CommandFailure)?.status == .cannotCreate
        }
    }
}
