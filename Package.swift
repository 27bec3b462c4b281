// swift-tools-version: 6.2
import PackageDescription

// Seven rooms in one straight line: each target imports only those above it.
// CHiredis → Hiredis → CacheServices → LoggingServices → HealthServices → DashboardServer → usdcop

let package = Package(
    name: "usdcop",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Hiredis", targets: ["Hiredis"]),
        .library(name: "CacheServices", targets: ["CacheServices"]),
        .library(name: "LoggingServices", targets: ["LoggingServices"]),
        .library(name: "HealthServices", targets: ["HealthServices"]),
        .library(name: "DashboardServer", targets: ["DashboardServer"]),
        .executable(name: "usdcop", targets: ["usdcop"]),
    ],
    dependencies: [
        // The event loops, channels and byte buffers under the Redis engine and the HTTP server.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // TLS for `rediss://` and for the API.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // The logging face of every room; only the executable bootstraps it.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Counters and timers of every room; only the executable bootstraps it.
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        // SHA-1 of Lua scripts, SHA-256 of keys and of the audit chain.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // Deque: reply slots and eviction order are queues.
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // `run()`, start order and graceful shutdown of everything long-lived.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Health probes and webhooks: a client with deadlines that follows no redirect unless told to.
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        // HTTP/1.1 in the types of Hummingbird's requests and answers, for a channel of our own.
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        // HTTP server and router.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        // The header and method types of Hummingbird's requests and answers.
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.4.0"),
        // Flags over environment over file over defaults.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["JSON", "YAML"]),
        // Subcommands, help and completions.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .systemLibrary(name: "CHiredis", pkgConfig: "hiredis", providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        // The PostgreSQL probe.
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(
            name: "Hiredis",
            dependencies: [
                "CHiredis",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "CacheServices",
            dependencies: [
                "Hiredis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "LoggingServices",
            dependencies: [
                "CacheServices",
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        // E-mail alerts: SMTP with STARTTLS and AUTH.
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .target(
            name: "HealthServices",
            dependencies: [
                "LoggingServices",
                "CLibpq",
                "CLibcurl",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        // The page's files, compressed.
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "DashboardServer",
            dependencies: [
                "HealthServices",
                "CZlib",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            // Part of the program: a bundle beside it would be one more thing to lose when it is copied.
            resources: [.embedInCode("Page/Resources"), .embedInCode("Contract/Resources")]
        ),
        .executableTarget(
            name: "usdcop",
            dependencies: [
                "DashboardServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                // The demo's stand-ins for the services, and its requests to them.
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        // For the tests of every room: a private redis-server, services and receivers that behave as told, a recorded log, waiting.
        .target(
            name: "RedisTesting",
            dependencies: [
                "Hiredis", .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/RedisTesting"
        ),
        // Lets tests that measure time take turns; apart, because it needs the library for tests.
        .target(name: "TestTurns", path: "Tests/TestTurns"),
        // The measured side of scripts/bench.
        .executableTarget(
            name: "usdcop-bench",
            dependencies: ["DashboardServer", .product(name: "NIOCore", package: "swift-nio")],
            path: "Tests/Benchmarks"
        ),
        // The seed's complete trading workflow, for readers and for a test: ./scripts/with-redis swift run trading-workflow
        .executableTarget(
            name: "trading-workflow",
            dependencies: [
                "HealthServices", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Tests/Examples"
        ),
        .testTarget(
            name: "HiredisTests",
            dependencies: [
                "Hiredis", "RedisTesting", "TestTurns", .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ]
        ),
        .testTarget(name: "CacheServicesTests", dependencies: ["CacheServices", "RedisTesting", "TestTurns"]),
        .testTarget(
            name: "LoggingServicesTests",
            dependencies: ["LoggingServices", "RedisTesting", "TestTurns", .product(name: "NIOPosix", package: "swift-nio")]
        ),
        .testTarget(
            name: "HealthServicesTests",
            dependencies: [
                "HealthServices", "RedisTesting", "TestTurns", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "DashboardServerTests",
            dependencies: [
                "DashboardServer", "RedisTesting", "TestTurns", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "CoreMetrics", package: "swift-metrics"),
            ]
        ),
        .testTarget(name: "usdcopTests", dependencies: ["usdcop", "RedisTesting", "TestTurns"]),
    ],
    swiftLanguageModes: [.v6]
)

// The compiler guards the face of every room in the same way.
for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
        ]
}
