import AgentJSON
import HTTPTypes
import Logging
import MLflowTracing
import NIOCore

/// The traces that are kept here: lists, single ones, and the page that shows them.
struct TraceRoutes: Sendable {
    let traces: KeptTraces?
    private let pool: AgentPool
    private let access: TraceAccess

    init(traces: KeptTraces?, pool: AgentPool, _ configuration: AgentServer.Configuration) {
        self.traces = traces
        self.pool = pool
        access = TraceAccess(configuration)
    }

    var routes: [Router.Route] {
        let page = Reply(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8",
                .contentSecurityPolicy: TracesPage.policy,
                .xContentTypeOptions: "nosniff",
            ],
            body: .whole(ByteBuffer(string: TracesPage.markup))
        )
        return [
            // Not on the connection's event loop: what is not written yet is made up for each look, and may be large.
            Router.Route(.get, "/traces") { exchange in await pool.run { await answer(exchange, list) } },
            Router.Route(.get, "/traces/{}") { exchange in await pool.run { await answer(exchange, trace) } },
            // Holds no trace itself: it asks for them as anybody must.
            Router.Route(.get, "/traces/ui", isOpen: true) { _ in page },
        ]
    }

    /// What a request asks of the traces that it may see.
    private struct Question {
        var exchange: Exchange
        var traces: KeptTraces
        var scope: TraceAccess.Scope
    }

    private func answer(_ exchange: Exchange, _ answer: (Question) async throws -> Reply) async -> Reply {
        let scope = access.scope(of: exchange)
        guard scope != .nothing else {
            return .detail(
                "Without keys, traces are shown to this machine only: set api-keys, or look from where the server runs",
                status: 403
            )
        }
        guard let traces else { return .detail("This server keeps no traces; see --keep-traces", status: 404) }
        do {
            var reply = try await answer(Question(exchange: exchange, traces: traces, scope: scope))
            // What is private to one key must not be given to another by a cache between.
            reply.headers[.cacheControl] = "no-store"
            return reply
        } catch let fault as TraceListQuery.Fault {
            return .detail(fault.message, status: 400)
        } catch {
            var reply = Reply.detail("The traces are not available now", status: 503)
            reply.headers[.retryAfter] = "1"
            return reply
        }
    }

    private func list(_ question: Question) async throws -> Reply {
        let wanted = try TraceListQuery(question.exchange.query)
        var query = TraceQuery()
        query.principal = question.scope.principal
        query.session = wanted.session
        query.state = wanted.state
        query.times = wanted.times
        query.limit = wanted.limit
        if let last = wanted.after {
            query.after = try await question.traces.position(of: last, principal: question.scope.principal)
            guard query.after != nil else {
                throw TraceListQuery.Fault(message: "after names no trace that is there")
            }
        }
        let page = try await question.traces.page(query)
        return .list(page.rows.map(\.json), hasMore: page.hasMore)
    }

    private func trace(_ question: Question) async throws -> Reply {
        let text = question.exchange.parameter
        guard let reference = TraceReference(text),
            let trace = try await question.traces.trace(reference, of: question.scope.principal)
        else {
            return .detail("There is no trace '\(text)'", status: 404)
        }
        // Both are objects: what is kept goes on where the row ends, without being read again.
        var body = trace.row.json.encoded()
        body.removeLast()
        body.append(UInt8(ascii: ","))
        body += (question.scope.hidesErrors ? try PublicTrace.document(trace.body) : trace.body).dropFirst()
        return .json(body)
    }
}
