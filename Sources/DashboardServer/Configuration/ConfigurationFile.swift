import CacheServices
import Configuration
import Synchronization

/// A configuration file: JSON or YAML, whose keys are the names of the variables.
struct ConfigurationFile: Sendable {
    /// Why the file cannot be used, as the rest of a sentence.
    struct Failure: Error {
        let problem: String
    }

    static let allowed = "must be a JSON file (.json) or a YAML file (.yaml, .yml) of at most 1 MB whose keys are names of variables"

    private let snapshot: any ConfigSnapshot
    /// Every key of the file, those inside of others joined by dots.
    let keys: Set<String>
    /// Whether other users can read or change it.
    let isOpenToOthers: Bool

    init(path: String) throws(Failure) {
        let ending = path.split(separator: ".").last.map { $0.lowercased() }
        guard let ending, ["json", "yaml", "yml"].contains(ending) else { throw Failure(problem: "names a file of unknown kind") }
        let bytes: [UInt8]
        do throws(BoundedFile.Failure) {
            let file = try BoundedFile.read(path, limit: 1 << 20)
            (bytes, isOpenToOthers) = (file.bytes, file.isOpenToOthers)
        } catch {
            throw Failure(problem: error.problem)
        }
        if ending == "json" {
            // Names what is wrong and where, refuses repeated names, and bounds the depth.
            do throws(JSONParseError) {
                _ = try JSONParser.parse(bytes)
            } catch {
                throw Failure(problem: "is not valid JSON (\(error))")
            }
        }
        // Every key passes here on its way; whatever the file holds is treated as secret.
        let seen = Keys()
        do {
            snapshot =
                if ending == "json" {
                    try JSONSnapshot(
                        data: bytes.span.bytes, providerName: "file",
                        parsingOptions: .init(secretsSpecifier: .dynamic { key, _ in seen.note(key) }))
                } else {
                    try YAMLSnapshot(
                        data: bytes.span.bytes, providerName: "file",
                        parsingOptions: .init(secretsSpecifier: .dynamic { key, _ in seen.note(key) }))
                }
        } catch {
            throw Failure(
                problem: ending == "json" ? "is no JSON object of texts and numbers" : "is no valid YAML mapping of texts and numbers")
        }
        keys = seen.all
    }

    /// The text under a key; numbers as they are written. `nil` when the file does not have the key.
    func text(_ key: String) throws(Failure) -> String? {
        guard keys.contains(key) else { return nil }
        let absolute = AbsoluteConfigKey([key])
        for type in [ConfigType.string, .int] {
            switch try? snapshot.value(forKey: absolute, type: type).value?.content {
            case .string(let text): return text
            case .int(let number): return String(number)
            default: continue
            }
        }
        throw Failure(problem: "is neither a text nor a whole number in the file")
    }

    /// Collects the keys that a parser passes by.
    private final class Keys: Sendable {
        private let names = Mutex<Set<String>>([])
        var all: Set<String> { names.withLock { $0 } }

        func note(_ key: String) -> Bool {
            names.withLock { _ = $0.insert(key) }
            return true
        }
    }
}
