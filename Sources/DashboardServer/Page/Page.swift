import Crypto
import NIOCore

/// The page and everything that it refers to, put together once.
///
/// All files stand under one path that is named after the content of all of them. So modules import each other by their plain names, browsers
/// may keep what they have for ever, and after an upgrade no page mixes old files with new ones.
struct Page: Sendable {
    /// The name of the chart library among the files.
    static let chartLibraryName = "chart-library.js"

    /// Names the content of all files.
    let build: String
    /// `GET /`
    let index: PageAsset
    /// `GET /elements.js`: the elements for pages of others, at an address that stays.
    let elements: PageAsset
    /// The files by their names.
    let assets: [String: PageAsset]

    /// - Parameter chartLibrary: Chart.js; without it the elements show tables where charts would be.
    init(chartLibrary: [UInt8]?) {
        var files = PageFiles.assets
        if let chartLibrary { files.append((Self.chartLibraryName, chartLibrary)) }
        let build = Self.build(of: files)
        assets = Dictionary(
            files.map { ($0.name, PageAsset(ByteBuffer(bytes: $0.bytes), type: .init(fileName: $0.name))) },
            uniquingKeysWith: { first, _ in first })
        // What the page needs at once, so that no module waits for another one to be read first.
        let preloads = ModuleGraph(files).needed(by: "page.js").map { #"<link rel="modulepreload" href="/assets/\#(build)/\#($0)">"# }
            .joined(separator: "\n")
        let html = String(decoding: PageFiles.index, as: UTF8.self).replacing("{{assets}}", with: "/assets/\(build)")
            .replacing("{{preloads}}", with: preloads)
        index = PageAsset(ByteBuffer(string: html), type: .html)
        elements = PageAsset(ByteBuffer(string: "export * from './assets/\(build)/elements.js';\n"), type: .javaScript)
        self.build = build
    }

    private static func build(of files: [(name: String, bytes: [UInt8])]) -> String {
        var hash = SHA256()
        for file in files {
            hash.update(data: Array("\(file.name) \(file.bytes.count)\n".utf8))
            hash.update(data: file.bytes)
        }
        return hash.finalize().prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

extension Answer.MediaType {
    /// The type of a file of the page, by the end of its name.
    fileprivate init(fileName: String) {
        self =
            switch fileName.split(separator: ".").last {
            case "css": .css
            case "svg": .svg
            default: .javaScript
            }
    }
}
