import ArgumentParser
import CacheServices

/// For whom a command answers.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Answer in JSON, on one line, for machines.")
    var json = false

    /// Writes an answer in the form that was asked for.
    func show(_ value: @autoclosure () -> JSONValue, _ text: (TextStyle) -> String) throws {
        let console = Console()
        if json {
            try console.write(JSONWriter.bytes(value()) + [UInt8(ascii: "\n")])
        } else {
            try console.write(text(console.style))
        }
    }

    /// The same for something that may not be there; then the command ends with 1.
    func show(_ value: @autoclosure () -> JSONValue, isThere: Bool, orSay absence: String, _ text: (TextStyle) -> String) throws {
        if isThere || json { try show(value(), text) }
        if !isThere { throw CommandFailure(.negative, json ? nil : absence) }
    }
}
