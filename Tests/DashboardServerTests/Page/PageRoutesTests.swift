import CacheServices
import Foundation
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .serialized, .sharedService, .timeLimit(.minutes(1)))
struct PageRoutesTests {
    private func service() throws -> RunningService { try #require(SharedService.current) }

    private var build: String {
        get throws { Page(chartLibrary: ChartLibrary.read(nil)).build }
    }

    @Test func `the page is there for everybody and lets nothing in from elsewhere`() async throws {
        let page = try await service().get("/")
        #expect(page.status == 200)
        #expect(page["Content-Type"] == "text/html; charset=utf-8")
        #expect(page["Cache-Control"] == "no-cache")
        let policy = try #require(page["Content-Security-Policy"])
        #expect(policy.hasPrefix("default-src 'self';") && !policy.contains("unsafe"))
        #expect(policy.contains("frame-ancestors 'none'") && policy.contains("require-trusted-types-for 'script'"))
        #expect(page["X-Content-Type-Options"] == "nosniff" && page["X-Frame-Options"] == "DENY")
        #expect(page["Referrer-Policy"] == "no-referrer" && page["Cross-Origin-Opener-Policy"] == "same-origin")
        #expect(page["Permissions-Policy"] != nil)
        #expect(!page.text.contains("{{"))
    }

    @Test func `everything that the page refers to is there, and nothing of it is inline`() async throws {
        let service = try service()
        let page = try await service.get("/").text
        let references = page.matches(of: /(?:href|src)="(\/[^"]+)"/).map { String($0.output.1) }
        #expect(references.count > 10)
        for reference in Set(references) {
            let reply = try await service.get(reference)
            #expect(reply.status == 200 && !reply.body.isEmpty, "\(reference)")
        }
        #expect(!page.contains("style=") && !page.contains("<style") && page.matches(of: /<script(?![^>]*src=)/).isEmpty)
        #expect(page.matches(of: /\son[a-z]+=/).isEmpty)
        #expect(page.matches(of: /https?:\/\//).isEmpty)
    }

    @Test func `every file of the folder is served, and every import of a module leads to one`() async throws {
        let folder = projectFile("Sources/DashboardServer/Page/Resources")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != "index.html" }
        let served = Page(chartLibrary: []).assets
        #expect(Set(names).union([Page.chartLibraryName]) == Set(served.keys))
        for name in names where name.hasSuffix(".js") {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            for match in text.matches(of: /(?:from|import) ?\(?'\.\/([^']+)'/) {
                #expect(served[String(match.output.1)] != nil, "\(name) imports \(match.output.1)")
            }
            #expect(!text.contains("innerHTML") && !text.contains("insertAdjacentHTML") && !text.contains("document.write"), "\(name)")
            #expect(
                text.matches(of: /(?:https?|wss?):\/\/(?!www\.w3\.org\/2000\/svg|…\/)/).isEmpty, "\(name) has an address of another host")
        }
    }

    @Test(arguments: [
        ("page.css", "text/css; charset=utf-8"), ("page.js", "text/javascript; charset=utf-8"), ("icon.svg", "image/svg+xml"),
    ])
    func `files are kept for ever under a path that is named after their content`(name: String, type: String) async throws {
        let service = try service()
        let path = "/assets/\(try build)/\(name)"
        let file = try await service.get(path)
        #expect(file.status == 200)
        #expect(file["Content-Type"] == type)
        #expect(file["Cache-Control"] == "public, max-age=31536000, immutable")
        #expect(file["Vary"] == "Accept-Encoding")
        let tag = try #require(file["ETag"])
        let again = try await service.get(path, headers: [("If-None-Match", tag)])
        #expect(again.status == 304 && again.body.isEmpty)
        #expect(again["Cache-Control"] == file["Cache-Control"] && again["ETag"] == tag)
        // A page from before an upgrade goes on, and keeps nothing.
        let old = try await service.get("/assets/0123456789abcdef/\(name)")
        #expect(old.body == file.body && old["Cache-Control"] == "no-cache")
    }

    @Test func `the elements for pages of others have an address that stays`() async throws {
        let elements = try await service().get("/elements.js")
        #expect(elements.status == 200)
        #expect(elements["Content-Type"] == "text/javascript; charset=utf-8")
        #expect(elements["Cache-Control"] == "public, max-age=300")
        #expect(elements.text == "export * from './assets/\(try build)/elements.js';\n")
    }

    @Test(arguments: ["gzip", "br, gzip;q=0.5", "*", "x-gzip"])
    func `who takes gzip gets it, with an entity tag of its own`(encodings: String) async throws {
        let service = try service()
        let plain = try await service.get("/")
        let packed = try await service.get("/", headers: [("Accept-Encoding", encodings)])
        #expect(packed["Content-Encoding"] == "gzip" && packed["Vary"] == "Accept-Encoding")
        #expect(packed["ETag"] != plain["ETag"] && packed.body.count < plain.body.count)
        let scratch = try ScratchState()
        let file = scratch.url.appending(path: "page.gz")
        try Data(packed.body).write(to: file)
        #expect(try ToolRun(["gunzip", "-c", file.path]).output == plain.text)
        let again = try await service.get("/", headers: [("Accept-Encoding", encodings), ("If-None-Match", packed["ETag"] ?? "")])
        #expect(again.status == 304)
    }

    @Test(arguments: ["", "identity", "br", "gzip;q=0", "*;q=0, br", "gzip;q=0.000, *"])
    func `who does not gets the file as it is`(encodings: String) async throws {
        let reply = try await service().get("/", headers: encodings.isEmpty ? [] : [("Accept-Encoding", encodings)])
        #expect(reply["Content-Encoding"] == nil && reply.text.hasPrefix("<!doctype html>"))
        #expect(reply["Vary"] == "Accept-Encoding")
    }

    @Test(arguments: ["/", "/elements.js", "/assets/x/page.js"])
    func `HEAD has the headers of GET, and nothing can be written`(path: String) async throws {
        let service = try service()
        let (get, head) = (try await service.get(path), try await service.request("HEAD", path))
        #expect(head.status == 200 && head.body.isEmpty)
        for name in ["ETag", "Content-Length", "Content-Type", "Cache-Control", "Content-Security-Policy"] {
            #expect(head[name] == get[name])
        }
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let refused = try await service.request(method, path)
            #expect(refused.status == 405 && refused["Allow"] == "GET, HEAD")
        }
    }

    @Test(arguments: [
        "/assets", "/assets/", "/assets/x", "/assets/x/", "/assets/x/nothing.js", "/assets/x/index.html", "/assets/x/..",
        "/assets/x/../page.js",
        "/assets/x/%2e%2e%2fpage.js", "/assets/x/..%2F..%2Fetc%2Fpasswd", "/assets/x/%2Fetc%2Fpasswd", "/assets/x/page.js%00",
        "/assets/x/PAGE.js",
        "/assets//page.js", "/assets/x/y/page.js", "/index.html", "/elements", "//",
    ])
    func `no path leads to anything but the files`(path: String) async throws {
        let reply = try await service().get(path)
        #expect(reply.status == 404 && reply.code == "not_found")
    }

    @Test(arguments: ["/?x=1", "/elements.js?v=2", "/assets/x/page.js?a"])
    func `a query is refused, as everywhere`(path: String) async throws {
        #expect(try await service().get(path).status == 400)
    }

    @Test func `all of it is at most 100 KB over the wire without the chart library`() async throws {
        let service = try service()
        let gzip = [("Accept-Encoding", "gzip")]
        var sum = try await service.get("/", headers: gzip).body.count
        for name in Page(chartLibrary: nil).assets.keys { sum += try await service.get("/assets/x/\(name)", headers: gzip).body.count }
        #expect(sum < 100_000, "\(sum) bytes")
    }
}
