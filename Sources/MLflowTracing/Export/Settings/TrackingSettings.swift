import Logging
import NIOCore
import NIOSSL
import WebClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How an MLflow tracking server is reached, by the names of MLflow's variables.
package struct TrackingSettings: Sendable {
    package var exporter = MLflowExporter.Settings()
    package var patience = Delivery.Patience()
    let address: WebAddress
    let authorization: String?
    private let workspace: String?
    private let isInsecure: Bool
    private let serverCertificate: String?
    private let clientCertificate: String?

    /// - Parameter warnings: Gets a line where traces are asked to go where they cannot.
    /// - Returns: `nil` where no tracking server is named.
    init?(
        _ reader: SettingsReader, program: String, folder: String, warnings: inout [String]
    ) throws(ExportFault) {
        guard let uri = reader.text("MLFLOW_TRACKING_URI") else { return nil }
        guard uri.lowercased().hasPrefix("http://") || uri.lowercased().hasPrefix("https://") else {
            let kind = uri.prefix { $0 != ":" && $0 != "/" }
            warnings.append(
                "MLFLOW_TRACKING_URI names no HTTP tracking server ('\(kind)'): traces stay in the local store"
            )
            return nil
        }
        let (bare, user) = Self.splitUser(uri)
        guard let address = WebAddress(bare) else {
            throw ExportFault(message: "MLFLOW_TRACKING_URI is no URL that can be used")
        }
        self.address = address
        authorization = user.flatMap(Self.authorization) ?? Self.authorization(reader)
        workspace = reader.text("MLFLOW_WORKSPACE")
        isInsecure = try reader.flag("MLFLOW_TRACKING_INSECURE_TLS") ?? false
        serverCertificate = reader.text("MLFLOW_TRACKING_SERVER_CERT_PATH")
        clientCertificate = reader.text("MLFLOW_TRACKING_CLIENT_CERT_PATH")
        exporter.experiment = Experiment(
            name: reader.text("MLFLOW_EXPERIMENT_NAME"), id: reader.text("MLFLOW_EXPERIMENT_ID")
        )
        exporter.modelID = reader.text("MLFLOW_ACTIVE_MODEL_ID")
        exporter.runID = reader.text("MLFLOW_RUN_ID")
        exporter.extractsAttachments = try reader.flag("MLFLOW_TRACE_EXTRACT_ATTACHMENTS") ?? true
        exporter.maximumAttachment = try reader.number("MLFLOW_TRACE_MAX_ATTACHMENT_SIZE", in: 0...Int(Int32.max))
        exporter.compresses = !["localhost", "127.0.0.1", "::1"].contains(address.host)
        try readBatching(reader)
        exporter.version = SourceVersion(of: folder)
        exporter.metadata = [
            ("mlflow.user", Self.user(reader)), ("mlflow.source.name", program), ("mlflow.source.type", "LOCAL"),
            ("mlflow.source.git.commit", exporter.version.commit),
            ("mlflow.source.git.branch", exporter.version.branch),
            ("mlflow.source.git.repoURL", exporter.version.repositoryURL),
        ]
    }

    private mutating func readBatching(_ reader: SettingsReader) throws(ExportFault) {
        if let count = try reader.number("MLFLOW_ASYNC_TRACE_LOGGING_MAX_QUEUE_SIZE", in: 1...10_000_000) {
            exporter.queue.count = count
        }
        if let count = try reader.number("MLFLOW_ASYNC_TRACE_LOGGING_MAX_SPAN_BATCH_SIZE", in: 1...10_000) {
            exporter.batchCount = count
        }
        if let time = try reader.duration("MLFLOW_ASYNC_TRACE_LOGGING_MAX_INTERVAL_MILLIS", unit: .milliseconds(1)) {
            exporter.gathering = time
        }
        if let count = try reader.number("MLFLOW_ASYNC_TRACE_LOGGING_MAX_WORKERS", in: 1...64) {
            exporter.simultaneous = count
        }
        if let time = try reader.duration("MLFLOW_ASYNC_TRACE_LOGGING_RETRY_TIMEOUT", unit: .seconds(1)) {
            patience.totalTime = time
        }
        if let time = try reader.duration("MLFLOW_HTTP_REQUEST_TIMEOUT", unit: .seconds(1)), time > .zero {
            patience.requestTime = time
        }
    }

    // MARK: Who asks

    /// `http://user:password@host`
    private static func splitUser(_ uri: String) -> (bare: String, user: Substring?) {
        guard let scheme = uri.firstRange(of: "://") else { return (uri, nil) }
        let rest = uri[scheme.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        guard let at = rest[..<end].lastIndex(of: "@") else { return (uri, nil) }
        return (String(uri[..<scheme.upperBound]) + rest[rest.index(after: at)...], rest[..<at])
    }

    /// - Parameter user: What an address says of the user; what has no password does not count.
    private static func authorization(_ user: Substring) -> String? {
        guard let colon = user.firstIndex(of: ":") else { return nil }
        let (name, password) = (user[..<colon], user[user.index(after: colon)...])
        return "Basic "
            + Base64.encode("\(SettingsReader.unescaped(name)):\(SettingsReader.unescaped(password))".utf8)
    }

    private static func authorization(_ reader: SettingsReader) -> String? {
        let file = credentials(in: reader.text("HOME"))
        let user = reader.text("MLFLOW_TRACKING_USERNAME") ?? file["mlflow_tracking_username"]
        let password = reader.text("MLFLOW_TRACKING_PASSWORD") ?? file["mlflow_tracking_password"]
        if let user, let password { return "Basic " + Base64.encode("\(user):\(password)".utf8) }
        return reader.text("MLFLOW_TRACKING_TOKEN").map { "Bearer \($0)" }
    }

    /// The section `mlflow` of `~/.mlflow/credentials`.
    private static func credentials(in home: String?) -> [String: String] {
        guard let home, let text = SourceVersion.file(home + "/.mlflow/credentials") else { return [:] }
        var values: [String: String] = [:]
        var isSection = false
        for line in text.split(whereSeparator: \.isNewline).map(\.trimmed) {
            if line.hasPrefix("[") {
                isSection = line == "[mlflow]"
            } else if isSection, let mark = line.firstIndex(where: { $0 == "=" || $0 == ":" }) {
                values[line[..<mark].trimmed.lowercased()] = String(line[line.index(after: mark)...].trimmed)
            }
        }
        return values
    }

    /// The user of the operating system.
    private static func user(_ reader: SettingsReader) -> String {
        if let name = reader.text("LOGNAME", "USER", "LNAME", "USERNAME") { return name }
        guard let entry = getpwuid(geteuid()) else { return "" }
        return String(cString: entry.pointee.pw_name)
    }

    // MARK: The exporter

    func exporter(on loop: any EventLoop, logger: Logger) throws -> MLflowExporter {
        var configuration = WebClient.Configuration()
        configuration.maximumConnections = max(configuration.maximumConnections, exporter.simultaneous)
        if isInsecure { configuration.tls.certificateVerification = .none }
        if let serverCertificate { configuration.tls.trustRoots = .file(serverCertificate) }
        if let clientCertificate {
            configuration.tls.certificateChain = try NIOSSLCertificate.fromPEMFile(clientCertificate)
                .map { .certificate($0) }
            configuration.tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: clientCertificate, format: .pem))
        }
        let delivery = Delivery(client: try WebClient(configuration, on: loop), patience: patience)
        let server = TrackingServer(address, delivery: delivery, authorization: authorization, workspace: workspace)
        return MLflowExporter(server, settings: exporter, on: loop, logger: logger)
    }
}
