import Foundation

/// The operating system refused something that a journal needs.
struct JournalError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was to be done, e.g. `write the journal`.
    let operation: String
    let code: Int32

    /// With the error of the last call.
    init(_ operation: String, code: Int32 = errno) {
        self.operation = operation
        self.code = code
    }

    var description: String { "cannot \(operation): \(String(cString: strerror(code)))" }
}
