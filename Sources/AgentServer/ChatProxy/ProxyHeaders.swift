import HTTPTypes
import NIOCore
import NIOHTTP1
import WebClient

/// What a proxy does to the headers of a message: takes out those that belong to one connection (RFC 9110, 7.6.1), and
/// says for whom it asks.
enum ProxyHeaders {
    /// The headers of a request, as the chat app gets them; without those that frame its body.
    static func request(
        _ request: ServerRequest, authority: String, upgrade: String?, forwarding: Bool
    ) -> HTTPHeaders {
        let nominated = nominated(by: request.headers.lazy.filter { $0.name == .connection }.map(\.value))
        var headers = HTTPHeaders()
        headers.reserveCapacity(request.headers.count + 5)
        headers.add(name: "host", value: authority)
        var forwardedFor: [String] = []
        var cookies: [String] = []
        for field in request.headers {
            let name = field.name.canonicalName
            if isOfOneConnection(name) || isOfThisProxy(name) || nominated.contains(name) { continue }
            if forwarding, name == "x-forwarded-for" {
                forwardedFor.append(field.value)
            } else if request.isHTTP2, name == "cookie" {
                // There each cookie may be a header of its own, but in HTTP/1 only the first of them would be seen.
                cookies.append(field.value)
            } else {
                headers.add(name: field.name.rawName, value: field.value)
            }
        }
        if !cookies.isEmpty { headers.add(name: "cookie", value: cookies.joined(separator: "; ")) }
        if let upgrade {
            headers.add(name: "connection", value: "upgrade")
            headers.add(name: "upgrade", value: upgrade)
        }
        if forwarding {
            if let peer = request.peer { forwardedFor.append(peer) }
            if !forwardedFor.isEmpty {
                headers.add(name: "x-forwarded-for", value: forwardedFor.joined(separator: ", "))
            }
            // What a proxy in front of this server has said is nearer to the truth.
            if !headers.contains(name: "x-forwarded-proto") {
                headers.add(name: "x-forwarded-proto", value: request.scheme)
            }
            if let host = request.authority, !headers.contains(name: "x-forwarded-host") {
                headers.add(name: "x-forwarded-host", value: host)
            }
        }
        return headers
    }

    /// The headers of an answer, as the client gets them.
    static func response(_ headers: HTTPHeaders) -> HTTPHeaders {
        var kept = HTTPHeaders()
        kept.reserveCapacity(headers.count + 3)
        forEachKept(headers) { kept.add(name: $0, value: $1) }
        return kept
    }

    /// Hands over those headers of an answer that the client gets, without a list of them.
    static func forEachKept(_ headers: HTTPHeaders, _ body: (String, String) -> Void) {
        var nominated: Set<String> = []
        for (name, value) in headers where name.isHeader("connection") && !isOrdinary(value) {
            nominated.formUnion(Self.nominated(by: CollectionOfOne(value)))
        }
        for (name, value) in headers where !isDropped(name, nominated) { body(name, value) }
    }

    private static func isDropped(_ name: String, _ nominated: Set<String>) -> Bool {
        let isOfOneConnection =
            // Told apart by their lengths first, for most names have none of these.
            switch name.utf8.count {
            case 2: name.isHeader("te")
            case 7: name.isHeader("upgrade")
            case 10: name.isHeader("connection") || name.isHeader("keep-alive")
            case 14: name.isHeader("http2-settings")
            case 16: name.isHeader("proxy-connection")
            case 17: name.isHeader("transfer-encoding")
            case 18: name.isHeader("proxy-authenticate")
            case 19: name.isHeader("proxy-authorization")
            default: false
            }
        return isOfOneConnection || !nominated.isEmpty && nominated.contains(name.lowercased())
    }

    /// The protocol that a client asks for in place of HTTP; `nil` where there is none.
    ///
    /// None that is HTTP again: nobody would look at the requests in it.
    static func upgrade(of request: ServerRequest) -> String? {
        guard request.headers.has("upgrade", in: .connection) else { return nil }
        let asked = request.headers[values: .upgrade].joined(separator: ",").split(separator: ",")
        let protocols = asked.map { String($0.drop { $0 == " " }) }.filter { name in
            !["h2", "http", "tls"].contains { name.lowercased().hasPrefix($0) }
        }
        return protocols.isEmpty ? nil : protocols.joined(separator: ", ")
    }

    /// What comes behind a body. Who reads it may take it for headers, so there is nothing that says where a message
    /// ends, or for whom it is.
    static func trailers(_ fields: HTTPFields) -> HTTPFields {
        HTTPFields(
            fields.filter { field in
                let name = field.name.canonicalName
                return !isOfOneConnection(name) && !isOfThisProxy(name) && !isNeeded(name)
            }
        )
    }

    /// The headers that a `Connection` header names.
    ///
    /// It may not name those that a message cannot do without: a client could make the chat app believe that nobody
    /// stands before it, or that the request has no body.
    private static func nominated(by values: some Sequence<String>) -> Set<String> {
        var names: Set<String> = []
        for value in values where !isOrdinary(value) {
            for name in value.lowercased().split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\t" }) {
                if !isNeeded(String(name)) { names.insert(String(name)) }
            }
        }
        return names
    }

    /// The values that most requests have, and that name no header.
    private static func isOrdinary(_ value: String) -> Bool {
        value == "keep-alive" || value == "close" || value == "Keep-Alive"
    }

    private static let needed: Set<String> = [
        "host", "content-length", "content-type", "content-encoding", "cookie", "set-cookie", "authorization",
    ]

    private static func isNeeded(_ name: String) -> Bool {
        needed.contains(name) || name.hasPrefix("x-forwarded-")
    }

    /// Headers that the relay writes, or does without.
    private static func isOfThisProxy(_ name: String) -> Bool {
        name == "host" || name == "content-length" || name == "expect"
    }

    private static func isOfOneConnection(_ name: String) -> Bool {
        switch name {
        case "connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade",
            "proxy-authorization", "proxy-authenticate", "http2-settings":
            true
        default:
            false
        }
    }
}
