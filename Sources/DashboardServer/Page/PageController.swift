import HTTPTypes

/// `/`, `/elements.js` and `/assets/…`: the dashboard, for everybody; what it shows is asked for with a key.
struct PageController: Sendable {
    let page: Page

    var routes: [Route] {
        [
            Route("/", .get(nil, index)),
            Route("/elements.js", .get(nil, elements)),
            Route("/assets/{build}/{file}", .get(nil, asset)),
        ]
    }

    @Sendable private func index(_ call: Call) async throws -> Answer {
        try call.noQuery()
        return page.index.answer(to: call.headers, caching: "no-cache", Self.pageHeaders)
    }

    /// Pages of listed origins may load it and what it imports. For a few minutes only, so that pages of others come to a new version soon.
    @Sendable private func elements(_ call: Call) async throws -> Answer {
        try call.noQuery()
        return page.elements.answer(to: call.headers, caching: "public, max-age=300", Self.assetHeaders)
    }

    @Sendable private func asset(_ call: Call) async throws -> Answer {
        try call.noQuery()
        guard let asset = page.assets[call.parameters["file"] ?? ""] else { throw Problem(.notFound, "The page has no such file.") }
        // A page that was loaded before an upgrade goes on to work, but nobody keeps the new file under the old name.
        let caching = call.parameters["build"] == page.build ? "public, max-age=31536000, immutable" : "no-cache"
        return asset.answer(to: call.headers, caching: caching, Self.assetHeaders)
    }

    /// Pages of others may load them.
    private static let assetHeaders: HTTPFields = [
        .contentSecurityPolicy: "frame-ancestors 'none'", .crossOriginResourcePolicy: "cross-origin",
    ]

    /// Nothing from elsewhere, nothing inline, and nobody's frame.
    private static let pageHeaders: HTTPFields = [
        .contentSecurityPolicy:
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'",
        .xFrameOptions: "DENY",
        .referrerPolicy: "no-referrer",
        .crossOriginOpenerPolicy: "same-origin",
        .permissionsPolicy: "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ]
}
