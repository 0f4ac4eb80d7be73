import Logging
import NIOCore
import WebClient

/// How a collector is reached, by the names of OpenTelemetry's variables.
package struct CollectorSettings: Sendable {
    package var exporter: CollectorExporter.Settings
    package var patience = Delivery.Patience()

    /// - Returns: `nil` where no collector is named.
    init?(_ reader: SettingsReader, program: String) throws(ExportFault) {
        guard try reader.flag("MLFLOW_ENABLE_OTLP_EXPORTER") ?? true, try !(reader.flag("OTEL_SDK_DISABLED") ?? false)
        else { return nil }
        let address: WebAddress
        if let text = reader.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
            address = try Self.address(text, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
        } else if let text = reader.text("OTEL_EXPORTER_OTLP_ENDPOINT") {
            address = try Self.address(text, "OTEL_EXPORTER_OTLP_ENDPOINT").appending("/v1/traces")
        } else {
            return nil
        }
        for name in ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"] {
            guard let value = reader.text(name) else { continue }
            guard value == "http/protobuf" else {
                throw ExportFault(message: "\(name) is '\(value)'; traces are sent by http/protobuf only")
            }
            break
        }
        exporter = CollectorExporter.Settings(address: address)
        exporter.headers = try reader.pairs("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
        switch reader.text("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION") {
        case nil, "none"?: break
        case "gzip"?: exporter.compresses = true
        case let value?:
            throw ExportFault(message: "OTEL_EXPORTER_OTLP_COMPRESSION is '\(value)', and must be gzip or none")
        }
        for name in ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"] {
            if let time = try reader.duration(name, unit: .milliseconds(1)), time > .zero {
                patience.requestTime = time
                break
            }
        }
        if reader.text("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT") == nil {
            patience.requestTime = .seconds(10)
        }
        var resource = try reader.pairs("OTEL_RESOURCE_ATTRIBUTES").map { (key: $0.name, value: $0.value) }
        if let name = reader.text("OTEL_SERVICE_NAME") ?? resource.first(where: { $0.key == "service.name" })?.value {
            resource.removeAll { $0.key == "service.name" }
            resource.insert(("service.name", name), at: 0)
        } else {
            resource.insert(("service.name", program), at: 0)
        }
        exporter.resource =
            resource + [
                ("telemetry.sdk.language", "swift"), ("telemetry.sdk.name", "swift-agent-server"),
            ]
    }

    private static func address(_ text: String, _ name: String) throws(ExportFault) -> WebAddress {
        guard let address = WebAddress(text) else {
            throw ExportFault(message: "\(name) is no http or https URL")
        }
        return address
    }

    func exporter(on loop: any EventLoop, logger: Logger) throws -> CollectorExporter {
        let client = try WebClient(on: loop)
        return CollectorExporter(
            exporter, delivery: Delivery(client: client, patience: patience), on: loop, logger: logger
        )
    }
}
