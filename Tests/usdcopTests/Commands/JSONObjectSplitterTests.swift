import CacheServices
import Testing

@testable import usdcop

@Suite("Objects of a stream")
struct JSONObjectSplitterTests {
    /// What comes out: `line:value`, or `line!` for what is wrong.
    private static func items(_ text: String, chunk: Int) -> [String] {
        var (splitter, items) = (JSONObjectSplitter(), [JSONObjectSplitter.Item]())
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            items += splitter.feed(Array(rest.prefix(chunk)))
            rest = rest.dropFirst(chunk)
        }
        items += splitter.finish()
        return items.map { item in
            switch item.value {
            case .success(let value): "\(item.line):\(String(decoding: JSONWriter.bytes(value), as: UTF8.self))"
            case .failure: "\(item.line)!"
            }
        }
    }

    @Test(
        arguments: [
            ("", []), ("\n \r\n", []), (#"{"a":1}"#, [#"1:{"a":1}"#]), ("{\"a\":1}\n{\"b\":2}\n", [#"1:{"a":1}"#, #"2:{"b":2}"#]),
            ("{\n \"a\": [\n  {\"b\":1}\n ]\n}\n{\"c\":2}", [#"1:{"a":[{"b":1}]}"#, #"6:{"c":2}"#]),
            ("{\"a\":\n{\"b\":2}\n", ["1!", #"2:{"b":2}"#]), ("x\n{\"b\":2}\n[1]\n", ["1!", #"2:{"b":2}"#, "3!"]), ("{\"a\":", ["1!"]),
            (String(repeating: "y", count: 200_000) + "\n{\"b\":2}", ["1!", #"2:{"b":2}"#]),
        ] as [(String, [String])])
    func `objects are found with their lines, whatever stands between them and however they come`(text: String, expected: [String]) {
        for chunk in text.utf8.count > 1000 ? [4096, 1 << 20] : [1, 3, 1000] { #expect(Self.items(text, chunk: chunk) == expected) }
    }
}
