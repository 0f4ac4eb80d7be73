import AgentJSON
import NIOHTTP1

/// The version of an agent as MLflow knows it: a logged model, which traces refer to
/// (`setup_mlflow_git_based_version_tracking` of the original).
struct LoggedModel {
    let name: String
    let version: SourceVersion
    /// What is said of it, and of every trace.
    let source: [(key: String, value: String)]

    /// - Parameters:
    ///   - app: The name of the app.
    ///   - version: The commit that runs.
    ///   - source: The user, the program and where it runs.
    init(app: String, version: SourceVersion, source: [(key: String, value: String)]) {
        name = "\(app)-" + (version.commit.isEmpty ? "no-git" : "git-\(version.commit.prefix(8))")
        self.version = version
        self.source = source
    }

    /// Finds the model, or makes it.
    ///
    /// - Returns: Its id.
    func find(
        at server: TrackingServer, experiment: String, now: UInt64, onTrouble: (String) -> Void
    ) async throws(TrackingFailure) -> String {
        // Traces wait for it, and can do without it.
        let tries = server.delivery.patience.tries
        let found = try await server.json(
            .POST, "/api/2.0/mlflow/logged-models/search",
            ["experiment_ids": [.string(experiment)], "filter": .string("name='\(name)'"), "max_results": 2],
            tries: tries, onTrouble: onTrouble
        )
        // The newest comes first.
        if let id = found["models"]?[0]?["info"]?["model_id"]?.stringValue { return id }
        var tags = source
        if !version.commit.isEmpty { tags.append(("mlflow.source.git.commit", version.commit)) }
        if !version.branch.isEmpty { tags.append(("mlflow.source.git.branch", version.branch)) }
        if !version.repositoryURL.isEmpty { tags.append(("mlflow.source.git.repoURL", version.repositoryURL)) }
        tags.append(("mlflow.model.isExternal", "true"))
        let made = try await server.json(
            .POST, "/api/2.0/mlflow/logged-models",
            [
                "experiment_id": .string(experiment), "name": .string(name),
                "tags": .array(tags.map { ["key": .string($0.key), "value": .string($0.value)] }),
            ],
            tries: tries, onTrouble: onTrouble
        )
        guard let info = made["model"]?["info"], let id = info["model_id"]?.stringValue else {
            throw TrackingFailure(reason: "the tracking server made no model '\(name)'")
        }
        await describe(id, location: info["artifact_uri"]?.stringValue, at: server, now: now, onTrouble: onTrouble)
        _ = try await server.json(
            .PATCH, "/api/2.0/mlflow/logged-models/\(id)",
            ["model_id": .string(id), "status": "LOGGED_MODEL_READY"], tries: tries,
            onTrouble: onTrouble
        )
        return id
    }

    /// Puts the model's description beside it, where the server takes files itself. MLflow's pages do without.
    private func describe(
        _ id: String, location: String?, at server: TrackingServer, now: UInt64, onTrouble: (String) -> Void
    ) async {
        guard let location, let path = ArtifactPath.path(of: location) else { return }
        let day = TraceForm.time(now / 1_000_000).replacing("T", with: " ").prefix(19)
        let text = """
            artifact_path: \(location)
            flavors: {}
            is_signature_from_type_hint: false
            metadata:
              mlflow.model.isExternal: true
            mlflow_version: 3.17.2
            model_id: \(id)
            model_uuid: \(id)
            prompts: null
            run_id: ''
            signature:
              inputs: '[{"type": "boolean", "required": true}]'
              outputs: '[{"type": "boolean", "required": true}]'
              params: null
            type_hint_from_example: false
            utc_time_created: '\(day).000000'

            """
        _ = await server.delivery.send(
            server.request(.PUT, path + "/MLmodel", type: "text/plain", body: Array(text.utf8)),
            tries: server.delivery.patience.tries, onTrouble: onTrouble
        )
    }
}

/// Files that a tracking server keeps itself.
enum ArtifactPath {
    /// The path at the tracking server of a location; `nil` where it keeps files elsewhere.
    static func path(of location: String) -> String? {
        let scheme = "mlflow-artifacts:/"
        guard location.hasPrefix(scheme) else { return nil }
        let rest = location.dropFirst(scheme.count)
        // With a host, the path begins behind it.
        let path = rest.hasPrefix("/") ? rest.dropFirst().drop { $0 != "/" }.dropFirst() : rest
        return "/api/2.0/mlflow-artifacts/artifacts/" + escaped(path)
    }

    /// A path in which nothing stands for anything else; escapes stay as they are.
    private static func escaped(_ path: Substring) -> String {
        var escaped = ""
        var rest = path.utf8[...]
        while let byte = rest.popFirst() {
            let isEscape = byte == UInt8(ascii: "%") && rest.count >= 2 && HexText.value(rest.prefix(2)) != nil
            let character = String(Unicode.Scalar(byte))
            escaped += byte == UInt8(ascii: "/") || isEscape ? character : QueryText.escaped(byte)
        }
        return escaped
    }
}
