/// Which modules of the page import which.
struct ModuleGraph {
    private let imports: [String: [String]]

    /// - Parameter files: the files by name; what is no module imports nothing.
    init(_ files: [(name: String, bytes: [UInt8])]) {
        // As the modules of the page are written: `import … from './name.js'`, `import './name.js'`, `export … from './name.js'`.
        // What is imported by a call is read when it is needed, and so is not among them.
        imports = Dictionary(
            files.map { file in
                let names = String(decoding: file.bytes, as: UTF8.self).matches(of: #/(?m)^(?:import|export)\s[^;(]*?'\.\/([a-z-]+\.js)';/#)
                return (file.name, names.map { String($0.1) })
            }, uniquingKeysWith: { first, _ in first })
    }

    /// A module and everything that has to be read before it can run, each once, in the order in which they are met.
    func needed(by name: String) -> [String] {
        var found = [name]
        var next = 0
        while next < found.count {
            found += (imports[found[next]] ?? []).filter { imports[$0] != nil && !found.contains($0) }
            next += 1
        }
        return found
    }
}
