// swift-tools-version:6.2
import PackageDescription

let package = Package(
    name: "swift-agent-server",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "AgentServer", targets: ["AgentServer"]),
        .library(name: "ModelAgent", targets: ["ModelAgent"]),
        .library(name: "AgentServerTesting", targets: ["AgentServerTesting"]),
        .executable(name: "agent-server", targets: ["agent-server"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .target(name: "AgentJSON"),
        .target(name: "OpenResponses", dependencies: ["AgentJSON"]),
        .target(name: "SystemThreads"),
        .target(
            name: "WebClient",
            dependencies: [
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .systemLibrary(name: "CZlib"),
        .target(
            name: "MLflowTracing",
            dependencies: [
                "AgentJSON",
                "CZlib",
                "WebClient",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .target(name: "AgentRuns", dependencies: ["AgentJSON"]),
        .target(
            name: "AgentMetrics",
            dependencies: ["AgentJSON", .product(name: "CoreMetrics", package: "swift-metrics")]
        ),
        .target(
            name: "AgentStore",
            dependencies: [
                "AgentJSON",
                "AgentRuns",
                "MLflowTracing",
                "SystemThreads",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .target(
            name: "AgentServer",
            dependencies: [
                "AgentJSON",
                "AgentMetrics",
                "AgentRuns",
                "AgentStore",
                "MLflowTracing",
                "OpenResponses",
                "SystemThreads",
                "WebClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .target(name: "AgentServerTesting", dependencies: ["AgentServer", "AgentJSON"]),
        .target(
            name: "ModelAgent",
            dependencies: [
                "AgentJSON",
                "AgentMetrics",
                "AgentServer",
                "MLflowTracing",
                "OpenResponses",
                "WebClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .target(name: "DemoAgent", dependencies: ["AgentJSON", "AgentServer"]),
        .executableTarget(
            name: "agent-server",
            dependencies: [
                "AgentServer", "DemoAgent", "ModelAgent",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),

        .executableTarget(name: "Greeter", dependencies: ["AgentServer"], path: "Examples/Greeter"),
        .executableTarget(name: "Weather", dependencies: ["AgentServer"], path: "Examples/Weather"),
        .executableTarget(
            name: "Forecast",
            dependencies: [
                "AgentServer", "ModelAgent", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Examples/Forecast"
        ),
        .executableTarget(name: "Plain", dependencies: ["AgentServer"], path: "Examples/Plain"),

        .executableTarget(
            name: "scripted-agent",
            dependencies: [
                "AgentJSON", "AgentServer", "MLflowTracing",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            path: "Tests/ScriptedAgent"
        ),
        .executableTarget(name: "golden-agent", dependencies: ["AgentServer"], path: "Tests/GoldenAgent"),
        .executableTarget(
            name: "scripted-upstream",
            dependencies: [
                "AgentJSON",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/ScriptedUpstream"
        ),
        .executableTarget(
            name: "tool-agent",
            dependencies: [
                "AgentServer", "ModelAgent", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/ToolAgent"
        ),
        // What tests of several modules need.
        .target(
            name: "TestSupport",
            dependencies: [
                "AgentJSON",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/TestSupport"
        ),
        .testTarget(name: "AgentJSONTests", dependencies: ["AgentJSON", "TestSupport"]),
        .testTarget(
            name: "MLflowTracingTests",
            dependencies: [
                "AgentJSON",
                "MLflowTracing",
                "TestSupport",
                "WebClient",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .testTarget(
            name: "WebClientTests",
            dependencies: [
                "TestSupport",
                "WebClient",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(name: "OpenResponsesTests", dependencies: ["AgentJSON", "OpenResponses", "TestSupport"]),
        .testTarget(
            name: "AgentStoreTests",
            dependencies: ["AgentJSON", "AgentRuns", "AgentStore", "MLflowTracing", "TestSupport"]
        ),
        .testTarget(
            name: "AgentMetricsTests",
            dependencies: ["AgentJSON", "AgentMetrics", .product(name: "CoreMetrics", package: "swift-metrics")]
        ),
        .testTarget(
            name: "AgentServerTests",
            dependencies: [
                "AgentMetrics",
                "AgentServer",
                "AgentServerTesting",
                "AgentStore",
                "MLflowTracing",
                "TestSupport",
                "WebClient",
                // Run as a process by the tests of a process's life.
                "scripted-agent",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .testTarget(
            name: "ModelAgentTests",
            dependencies: [
                "AgentJSON", "AgentServer", "AgentServerTesting", "ModelAgent", "TestSupport", "WebClient",
                // Run as processes by the tests through the front door.
                "agent-server", "scripted-upstream", "tool-agent",
            ]
        ),
        .testTarget(
            name: "DemoAgentTests",
            dependencies: ["AgentJSON", "AgentServer", "AgentServerTesting", "DemoAgent", "TestSupport"]
        ),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .swiftLanguageMode(.v6),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("InternalImportsByDefault"),
        ]
}
