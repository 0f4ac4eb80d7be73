import AgentJSON
import HTTPTypes
import OpenResponses

/// Answers a request, or throws what its answer says.
typealias ResponsesHandler = @Sendable (Exchange) async throws(DialectError) -> Reply

/// A route whose errors have the form of Open Responses.
///
/// - Parameter pool: Where the handler reads a large body.
func route(
    _ method: HTTPRequest.Method, _ path: String, in pool: AgentPool, _ handler: @escaping ResponsesHandler
) -> Router.Route {
    Router.Route(method, path) { exchange in
        do throws(DialectError) {
            return try await pool.run(bytes: exchange.request.body.count) { () async throws(DialectError) in
                try await handler(exchange)
            }
        } catch {
            return OpenResponsesError.reply(error)
        }
    }
}

extension Exchange {
    /// What stands in the path's first place.
    var parameter: String { parameters.first ?? "" }

    /// The query, undecoded.
    var query: String? { RequestTarget(request.target).query }

    /// The body, read as a request of its kind.
    func read<Request>(
        _ maximumDepth: Int, _ read: (JSONObject) throws(RequestFault) -> Request
    ) throws(DialectError) -> Request {
        // Some of these bodies may be left out.
        let body = request.body.isEmpty ? Array("{}".utf8) : request.body
        let object = try OpenResponsesDialect.object(body, maximumDepth: maximumDepth)
        do throws(RequestFault) {
            return try read(object)
        } catch {
            throw DialectError(error)
        }
    }
}

extension Reply {
    /// An object, with its members in this order.
    static func json(_ object: JSONObject) -> Reply { .json(object.encoded()) }

    /// A page of a list.
    static func list(_ items: [JSONObject], hasMore: Bool) -> Reply {
        .json([
            "object": "list",
            "data": .array(items.map(JSON.object)),
            "first_id": items.first?["id"] ?? .null,
            "last_id": items.last?["id"] ?? .null,
            "has_more": .bool(hasMore),
        ])
    }
}

extension ListQuery {
    /// Reads the query of a list.
    static func read(_ query: String?) throws(DialectError) -> ListQuery {
        do throws(RequestFault) {
            return try ListQuery(query: query)
        } catch {
            throw DialectError(error)
        }
    }
}

extension RetrieveQuery {
    /// Reads the query of a response.
    static func read(_ query: String?) throws(DialectError) -> RetrieveQuery {
        do throws(RequestFault) {
            return try RetrieveQuery(query: query)
        } catch {
            throw DialectError(error)
        }
    }
}
