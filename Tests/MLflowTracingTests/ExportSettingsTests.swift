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
