import AgentJSON
import NIOCore
import NIOHTTP1
package import WebClient

/// An MLflow tracking server: its address, and how it is asked.
package struct TrackingServer: Sendable {
    let address: WebAddress
    let delivery: Delivery
    private let headers: [(name: String, value: String)]

    /// - Parameters:
    ///   - address: Its address, with a prefix of its paths where it has one.
    ///   - authorization: What stands in the header of that name.
    ///   - workspace: The workspace to work in.
    package init(_ address: WebAddress, delivery: Delivery, authorization: String?, workspace: String?) {
        self.address = address
        self.delivery = delivery
        var headers: [(name: String, value: String)] = [("User-Agent", "swift-agent-server")]
        if let authorization { headers.append(("Authorization", authorization)) }
        if let workspace { headers.append(("X-MLFLOW-WORKSPACE", workspace)) }
        self.headers = headers
    }

    /// A request to a path of the server.
    func request(
        _ method: HTTPMethod, _ path: String, type: String? = nil, body: [UInt8]? = nil,
        headers further: [(name: String, value: String)] = []
    ) -> WebRequest {
        var headers = headers + further
        if let type { headers.append(("Content-Type", type)) }
        return WebRequest(
            method, address.appending(path), headers: headers, body: body.map { ByteBuffer(bytes: $0) }
        )
    }

    /// Asks, with and for JSON.
    ///
    /// - Parameter tries: How often at most.
    func json(
        _ method: HTTPMethod, _ path: String, _ body: JSONObject? = nil, tries: Int = .max,
        onTrouble: (String) -> Void
    ) async throws(TrackingFailure) -> JSON {
        let request = request(
            method, path, type: body == nil ? nil : "application/json", body: body?.encoded()
        )
        switch await delivery.send(request, tries: tries, onTrouble: onTrouble) {
        case .delivered(let answer):
            return (try? JSON(parsing: Array(answer.body.readableBytesView))) ?? .null
        case .refused(let status, let text):
            throw TrackingFailure(
                reason: "\(method.rawValue) \(path): status \(status): \(text)", code: Self.code(in: text))
        case .gaveUp(let trouble):
            throw TrackingFailure(
                reason: "\(method.rawValue) \(path): \(trouble.reason)", isPassing: true, trouble: trouble
            )
        }
    }

    /// The name of an error of MLflow.
    private static func code(in text: String) -> String? {
        (try? JSON(parsing: Array(text.utf8)))?["error_code"]?.stringValue
            ?? ["RESOURCE_DOES_NOT_EXIST", "RESOURCE_ALREADY_EXISTS"].first { text.contains($0) }
    }
}

/// A tracking server that does not do what is needed.
package struct TrackingFailure: Error, Sendable {
    var reason: String
    var code: String?
    /// Whether it may be otherwise later.
    var isPassing = false
    /// Why it did not answer.
    var trouble: Trouble?
}
