import CacheServices
import HTTPTypes
import NIOCore

/// `/openapi.json` and `/docs`: what this service takes and answers, for everybody; what is tried there needs a key as everywhere.
struct ContractController: Sendable {
    private let document: PageAsset
    private let page: PageAsset
    private let files: [String: PageAsset]
    private let hasViewer: Bool

    private static let documentPath = "/openapi.json"
    private static let pagePath = "/docs"
    private static let filePath = "/docs/{file}"

    /// - Parameters:
    ///   - routes: all others; those of the document itself come with it.
    ///   - viewer: without it `/docs` says how to get it.
    init(describing routes: [Route], settings: Settings, viewer: SwaggerUI?) {
        let own = [Self.documentPath, Self.pagePath, Self.filePath].map { path in
            // Only path, method and role count here.
            Route(path, .get(nil) { _ in throw Problem(.notFound, "There is nothing here.") })
        }
        let value = ContractDocument(
            routes: RouteTable(routes + own), host: settings.host, port: settings.port,
            scheme: settings.certificate == nil ? "http" : "https", hasKeys: !settings.keys.isEmpty)
        document = PageAsset(ByteBuffer(bytes: JSONWriter.bytes(value.jsonValue)), type: .json)
        hasViewer = viewer != nil
        page = PageAsset(
            ByteBuffer(bytes: viewer == nil ? PackageResources.docs_missing_html : PackageResources.docs_html), type: .html)
        var files: [String: PageAsset] = [:]
        if let viewer {
            files["docs.js"] = PageAsset(ByteBuffer(bytes: PackageResources.docs_js), type: .javaScript)
            files[SwaggerUI.script] = PageAsset(ByteBuffer(bytes: viewer.script), type: .javaScript)
            files[SwaggerUI.style] = PageAsset(ByteBuffer(bytes: viewer.style), type: .css)
        }
        self.files = files
    }

    var routes: [Route] {
        [
            Route(Self.documentPath, .get(nil, contract)), Route(Self.pagePath, .get(nil, documentation)),
            Route(Self.filePath, .get(nil, file)),
        ]
    }

    @Sendable private func contract(_ call: Call) async throws -> Answer {
        try call.noQuery()
        return document.answer(to: call.headers, caching: "no-cache")
    }

    @Sendable private func documentation(_ call: Call) async throws -> Answer {
        try call.noQuery()
        return page.answer(to: call.headers, caching: "no-cache", Self.pageHeaders)
    }

    @Sendable private func file(_ call: Call) async throws -> Answer {
        try call.noQuery()
        guard let file = files[call.parameters["file"] ?? ""] else { throw Problem(.notFound, "The page has no such file.") }
        return file.answer(to: call.headers, caching: "no-cache")
    }

    /// Strict as on the dashboard, but for images in `data:` addresses, which the style sheet of Swagger UI has, and trusted types, which it
    /// does not know.
    private static let pageHeaders: HTTPFields = [
        .contentSecurityPolicy:
            "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
        .xFrameOptions: "DENY",
        .referrerPolicy: "no-referrer",
        .crossOriginOpenerPolicy: "same-origin",
    ]
}
