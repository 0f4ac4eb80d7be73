import AgentJSON
import NIOHTTP1

/// The experiment that traces belong to, as it is configured.
package struct Experiment: Sendable {
    /// Its name; it is made where there is none.
    package var name: String?
    /// Its id, where it has no name here; `0`, the default experiment, where neither is said.
    package var id: String?

    package init(name: String? = nil, id: String? = nil) {
        self.name = name
        self.id = id
    }

    /// Finds the experiment, or makes it.
    ///
    /// - Returns: Its id.
    func find(at server: TrackingServer, onTrouble: (String) -> Void) async throws(TrackingFailure) -> String {
        guard let name else {
            let id = id ?? "0"
            let found = try await server.json(
                .GET, "/api/2.0/mlflow/experiments/get?experiment_id=\(QueryText.escaped(id))", onTrouble: onTrouble
            )
            return try Self.usable(found["experiment"], id)
        }
        let found = try await named(name, at: server, onTrouble: onTrouble)
        // Both may be said, when they say the same.
        guard id == nil || id == found else {
            throw TrackingFailure(
                reason:
                    "MLFLOW_EXPERIMENT_NAME is '\(name)', which has the id \(found), and MLFLOW_EXPERIMENT_ID is \(id ?? "")"
            )
        }
        return found
    }

    private func named(
        _ name: String, at server: TrackingServer, onTrouble: (String) -> Void
    ) async throws(TrackingFailure) -> String {
        let path = "/api/2.0/mlflow/experiments/get-by-name?experiment_name=\(QueryText.escaped(name))"
        for _ in 0..<2 {
            do {
                let found = try await server.json(.GET, path, onTrouble: onTrouble)
                return try Self.usable(found["experiment"], name)
            } catch  where error.code == "RESOURCE_DOES_NOT_EXIST" {}
            do {
                let made = try await server.json(
                    .POST, "/api/2.0/mlflow/experiments/create", ["name": .string(name)], onTrouble: onTrouble
                )
                if let id = made["experiment_id"]?.stringValue { return id }
                // Another process was faster: then it is there now.
            } catch  where error.code == "RESOURCE_ALREADY_EXISTS" {}
        }
        throw TrackingFailure(reason: "the experiment '\(name)' can neither be found nor made", isPassing: true)
    }

    private static func usable(_ experiment: JSON?, _ name: String) throws(TrackingFailure) -> String {
        guard let id = experiment?["experiment_id"]?.stringValue else {
            throw TrackingFailure(reason: "the experiment '\(name)' has no id")
        }
        // Of a deleted one the spans would be taken, and the rest refused.
        if experiment?["lifecycle_stage"]?.stringValue == "deleted" {
            throw TrackingFailure(reason: "the experiment '\(name)' is deleted")
        }
        return id
    }
}

/// Texts as values of a query.
enum QueryText {
    static func escaped(_ text: String, space: String = "%20") -> String {
        text.utf8.reduce(into: "") { $0 += $1 == UInt8(ascii: " ") ? space : escaped($1) }
    }

    /// A byte, as it is or with its number.
    static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "~"):
            String(Unicode.Scalar(byte))
        default: "%" + HexText.make("", UInt64(byte)).suffix(2).uppercased()
        }
    }
}
