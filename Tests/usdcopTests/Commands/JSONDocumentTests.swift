import CacheServices
import Testing

@testable import usdcop

@Suite("Signals in a text")
struct JSONDocumentTests {
    @Test func `one object may go over many lines`() {
        let text = Samples.signal().replacing(",", with: ",\n")
        let (good, bad) = JSONDocument(Array(text.utf8)).signals()
        #expect(good.map(\.value.signalID) == ["s1"])
        #expect(bad.isEmpty)
    }

    @Test func `lines are counted with the empty ones`() {
        let text = "\n" + Samples.signal("a") + "\r\n\n{\"x\":1}\n" + Samples.signal("b")
        let (good, bad) = JSONDocument(Array(text.utf8)).signals()
        #expect(good.map(\.line) == [2, 5])
        #expect(bad.map(\.line) == [4])
    }

    @Test func `a broken first line does not hide the others`() {
        let (good, bad) = JSONDocument(Array("{oops\n\(Samples.signal("a"))\n".utf8)).signals()
        #expect(good.map(\.value.signalID) == ["a"])
        #expect(bad.map(\.line) == [1])
    }

    @Test(arguments: ["{", "[]", "1", #"{"a":1}"#, "{\n\"a\":", "\u{FEFF}{}", String(repeating: "[", count: 100_000)])
    func `what is no signal is a fault`(text: String) {
        let (good, bad) = JSONDocument(Array(text.utf8)).signals()
        #expect(good.isEmpty)
        #expect(bad.count == 1)
    }

    @Test func `nothing is nothing`() {
        let (good, bad) = JSONDocument(Array(" \n\t\r\n".utf8)).signals()
        #expect(good.isEmpty && bad.isEmpty)
    }

    @Test func `a signal of tomorrow is a fault`() {
        let tomorrow = Timestamp.now + .seconds(86_400)
        let (good, bad) = JSONDocument(Array(Samples.signal(time: tomorrow.iso8601).utf8)).signals()
        #expect(good.isEmpty && bad.count == 1)
    }
}
