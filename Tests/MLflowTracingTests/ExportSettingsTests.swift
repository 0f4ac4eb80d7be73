import Foundation
import Testing
import WebClient

@testable import MLflowTracing

@Suite("Where traces go")
struct ExportSettingsTests {
    private func settings(_ environment: [String: String]) throws -> ExportSettings {
        try ExportSettings(environment: environment, program: "greeter", folder: "/")
    }

    private func fault(_ environment: [String: String]) -> String? {
        do throws(ExportFault) {
            _ = try ExportSettings(environment: environment, program: "greeter", folder: "/")
            return nil
        } catch {
            return error.message
        }
    }

    @Test("is nowhere where nothing is said")
    func nothing() throws {
        let settings = try settings([:])
        #expect(settings.tracking == nil)
        #expect(settings.collector == nil)
        #expect(settings.samplingRatio == 1)
        #expect(settings.warnings.isEmpty)
    }

    @Test(
        "is a tracking server, asked in the right name",
        arguments: [
            (["MLFLOW_TRACKING_TOKEN": "t"], "Bearer t"),
            (["MLFLOW_TRACKING_TOKEN": "t", "MLFLOW_TRACKING_USERNAME": "u"], "Bearer t"),
            (
                ["MLFLOW_TRACKING_TOKEN": "t", "MLFLOW_TRACKING_USERNAME": "ü", "MLFLOW_TRACKING_PASSWORD": "p"],
                "Basic w7w6cA=="
            ),
            ([:], nil),
        ] as [([String: String], String?)]
    )
    func authorization(environment: [String: String], expected: String?) throws {
        let all = environment.merging(["MLFLOW_TRACKING_URI": "https://mlflow.example/prefix/"]) { left, _ in left }
        #expect(try settings(all).tracking?.authorization == expected)
    }

    @Test("may have the user in its address")
    func user() throws {
        let tracking = try settings(["MLFLOW_TRACKING_URI": "http://u:p@mlflow.example:5000"]).tracking
        #expect(tracking?.authorization == "Basic dTpw")
        #expect(tracking?.address.authority == "mlflow.example:5000")
        #expect(tracking?.address.appending("/v1/traces").target == "/v1/traces")
    }

    @Test(
        "may have a user in its address that is escaped, or has no password",
        arguments: [
            ("http://u:p%40ss@m", "Basic " + Base64.encode("u:p@ss".utf8)),
            ("http://u%3A:p%C3%A4@m", "Basic " + Base64.encode("u::pä".utf8)),
            ("http://u:@m", "Basic " + Base64.encode("u:".utf8)),
            ("http://u@m", "Bearer t"),
        ]
    )
    func escapedUser(uri: String, expected: String) throws {
        let tracking = try settings(["MLFLOW_TRACKING_URI": uri, "MLFLOW_TRACKING_TOKEN": "t"]).tracking
        #expect(tracking?.authorization == expected)
        #expect(tracking?.address.authority == "m")
    }

    @Test("does not repeat what may be a key of access")
    func secretHeader() {
        let message = fault([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_HEADERS": "a=b,x-api-key: sk-1",
        ])
        #expect(message == "OTEL_EXPORTER_OTLP_HEADERS has a part, the one at place 2, that is no name=value")
    }

    @Test(
        "knows a repository by its address without who asks there",
        arguments: [
            ("https://ghp_token@github.com/a/b.git", "https://github.com/a/b.git"),
            ("https://u:p@github.com/a/b.git", "https://github.com/a/b.git"),
            ("HTTP://token@example.com/a", "HTTP://example.com/a"),
            ("ssh://git@github.com/a/b.git", "ssh://git@github.com/a/b.git"),
            ("git@github.com:a/b.git", "git@github.com:a/b.git"),
        ]
    )
    func repository(url: String, expected: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "version-\(UUID())")
        let git = folder.appending(path: ".git")
        try FileManager.default.createDirectory(at: git, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("ref: refs/heads/main".utf8).write(to: git.appending(path: "HEAD"))
        try Data("[remote \"origin\"]\n\turl = \(url)\n".utf8).write(to: git.appending(path: "config"))
        #expect(SourceVersion(of: folder.path).repositoryURL == expected)
    }

    @Test(
        "stays the store, with a warning, for what is no HTTP server",
        arguments: ["databricks", "sqlite:///a.db", "./mlruns"])
    func otherSchemes(uri: String) throws {
        let settings = try settings(["MLFLOW_TRACKING_URI": uri])
        #expect(settings.tracking == nil)
        #expect(settings.warnings.count == 1)
        #expect(settings.warnings.first?.contains("local store") == true)
    }

    @Test("is a collector instead, or as well")
    func collector() throws {
        var environment = [
            "MLFLOW_TRACKING_URI": "http://mlflow.example", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://otel.example:4318/",
            "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Basic%20abc, x-tenant = a", "OTEL_SERVICE_NAME": "shop",
            "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,env=prod", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
        ]
        let alone = try settings(environment)
        #expect(alone.tracking == nil)
        let exporter = try #require(alone.collector?.exporter)
        #expect(exporter.address.target == "/v1/traces")
        #expect(exporter.headers.map(\.name) == ["authorization", "x-tenant"])
        #expect(exporter.headers.map(\.value) == ["Basic abc", "a"])
        #expect(exporter.compresses)
        #expect(exporter.resource.map(\.key).prefix(2) == ["service.name", "env"])
        #expect(exporter.resource.first?.value == "shop")
        environment["MLFLOW_TRACE_ENABLE_OTLP_DUAL_EXPORT"] = "true"
        let both = try settings(environment)
        #expect(both.tracking != nil && both.collector != nil)
        environment["MLFLOW_ENABLE_OTLP_EXPORTER"] = "false"
        #expect(try settings(environment).collector == nil)
        #expect(
            try settings(["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://o/x"]).collector?.exporter.address.target
                == "/x")
    }

    @Test(
        "is refused by the variable's name where it cannot be used",
        arguments: [
            (["MLFLOW_TRACKING_URI": "http://"], "MLFLOW_TRACKING_URI"),
            (["MLFLOW_TRACE_SAMPLING_RATIO": "2"], "MLFLOW_TRACE_SAMPLING_RATIO"),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4317"], "OTEL_EXPORTER_OTLP_ENDPOINT"),
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"],
                "OTEL_EXPORTER_OTLP_PROTOCOL"
            ),
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_HEADERS": "a"],
                "OTEL_EXPORTER_OTLP_HEADERS"
            ),
            (
                ["MLFLOW_TRACKING_URI": "http://m", "MLFLOW_ASYNC_TRACE_LOGGING_MAX_QUEUE_SIZE": "-1"],
                "MLFLOW_ASYNC_TRACE_LOGGING_MAX_QUEUE_SIZE"
            ),
        ] as [([String: String], String)]
    )
    func faults(environment: [String: String], name: String) {
        #expect(fault(environment)?.contains(name) == true)
    }
}
