import AgentJSON
import NIOCore
import NIOHTTP1

/// One connection of the upstream: takes a request at a time, and does what its script says.
final class UpstreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// How large a body may be, and how large one is kept.
    private static let bodyLimit = 16 << 20
    private static let keptLimit = 256 << 10

    private let desk: Desk
    private let offer: ScriptedUpstream.Offer
    private let refuses: [String]
    private let demandsReasoning: Bool
    private let connection: Int
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    /// The call that has no whole answer yet.
    var pending: Int?
    /// Whether a request is being answered; until then no other is taken.
    var isAnswering = false
    /// Whether the client wants the connection closed behind the answer.
    private(set) var isLast = false

    init(desk: Desk, offer: ScriptedUpstream.Offer, refuses: [String], demandsReasoning: Bool) {
        self.desk = desk
        self.offer = offer
        self.refuses = refuses
        self.demandsReasoning = demandsReasoning
        connection = desk.connect()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): (self.head, body) = (head, [])
        case .body(let piece):
            // Of one that is too large, only that it is.
            if body.count <= Self.bodyLimit { body += piece.readableBytesView }
        case .end:
            guard let head, !isAnswering else { return context.close(promise: nil) }
            isAnswering = true
            isLast = !head.isKeepAlive
            answer(head, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let pending { desk.lose(pending) }
        pending = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let target = head.uri.split(separator: "?", maxSplits: 1)
        let query = target.count > 1 ? target[1] : ""
        switch (head.method, target.first ?? "") {
        case (.GET, "/health"): write(200, [:], context)
        case (.GET, "/calls"): showCalls(after: query, context)
        case (.POST, "/reset"):
            desk.reset()
            write(200, [:], context)
        case (.GET, "/v1/models"):
            let model: JSONObject = ["id": "scripted", "object": "model", "created": 0, "owned_by": "scripted"]
            write(200, ["object": "list", "data": [.object(model)]], context)
        case (.POST, "/v1/chat/completions") where offer.includes(.chat): call(.chat, head, context)
        case (.POST, "/v1/responses") where offer.includes(.responses): call(.responses, head, context)
        default:
            refuse(Refusal(status: 404, message: "Invalid URL (\(head.method) \(head.uri))"), context)
        }
    }

    /// All calls; with `begun=TOKEN` or `gone=TOKEN`, as soon as a call whose text holds the token has come so far.
    private func showCalls(after query: Substring, _ context: ChannelHandlerContext) {
        let parts = query.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let stage = Desk.Stage(rawValue: String(parts[0])) else {
            return write(200, desk.calls, context)
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess { [self] in write(200, desk.calls, context) }
        desk.wait(for: stage, token: String(parts[1]), promise)
    }

    private func call(_ format: ModelRequest.Format, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard body.count <= Self.bodyLimit else {
            return refuse(Refusal(status: 413, message: "The body is too large"), context)
        }
        guard let json = try? JSON(parsing: body), json.objectValue != nil else {
            return refuse(Refusal(status: 400, message: "We could not parse the JSON body of your request."), context)
        }
        let request = ModelRequest(format, body: json)
        var headers: JSONObject = [:]
        for (name, value) in head.headers { headers[name.lowercased()] = .string(value) }
        let (number, isFirst) = desk.receive(
            request, connection: connection, path: head.uri, headers: .object(headers),
            keepsBody: body.count <= Self.keptLimit)
        pending = number
        if let field = refuses.first(where: { json[$0] != nil }) {
            return refuse(
                Refusal(
                    status: 400, message: "Unsupported parameter: '\(field)' is not supported with this model.",
                    parameter: field, code: "unsupported_parameter"), context)
        }
        if demandsReasoning, let place = request.callWithoutReasoning {
            return refuse(
                Refusal(
                    status: 400,
                    message: "thinking is enabled but reasoning_content is missing in assistant tool call message "
                        + "at index \(place)"), context)
        }
        let deed = Script(request, isFirst: isFirst).deed
        switch format {
        case .chat: perform(deed, request, ChatForm(answering: request, number: number), context)
        case .responses: perform(deed, request, ResponsesForm(answering: request, number: number), context)
        }
    }

    private func perform(
        _ deed: Deed, _ request: ModelRequest, _ form: some WireForm, _ context: ChannelHandlerContext
    ) {
        switch deed {
        case .refuse(let refusal): refuse(refusal, context)
        case .page: write(200, bytes: Array("<html>Not a model</html>".utf8), type: "text/html", context)
        case .silence: break
        case .hangUp:
            pending = nil
            context.close(promise: nil)
        case .answer(let steps, _) where !request.isStreamed: answerWhole(steps, form, context)
        case .answer(let steps, let interval): stream(steps, form, every: interval, context)
        }
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        var fields: [(String, String)] = []
        if let time = refusal.retryAfter { fields.append(("retry-after", time)) }
        write(refusal.status, bytes: refusal.json.encoded(), fields: fields, context)
    }
}
