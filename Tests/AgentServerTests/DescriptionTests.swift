import AgentJSON
import HTTPTypes
import Logging
import Testing

@testable import AgentServer

@Suite("The OpenAPI document")
struct DescriptionTests {
    typealias Facts = ServerDescription.Facts

    static let servers = [
        Facts(agentName: "Greeter", version: "1.2.3", servesResponsesAgent: true),
        Facts(agentName: "Echo", version: "0.1.0", servesResponsesAgent: false),
        Facts(agentName: "Guarded", version: "1", servesResponsesAgent: true, needsKey: true, limitsRate: true),
    ]

    @Test("names the agent and its version", arguments: servers)
    func info(facts: Facts) {
        let document = JSON.object(ServerDescription.openAPI(facts))
        #expect(document["openapi"]?.stringValue?.hasPrefix("3.1.") == true)
        #expect(document["info"]?["title"]?.stringValue == facts.agentName)
        #expect(document["info"]?["version"]?.stringValue == facts.version)
    }

    @Test("has a title for an agent without a name")
    func untitled() {
        let document = ServerDescription.openAPI(Facts(agentName: "", version: "1", servesResponsesAgent: true))
        #expect(document["info"]?["title"]?.stringValue == "Agent server")
    }

    @Test("describes every route, and nothing else", arguments: [true, false])
    func paths(servesResponsesAgent: Bool) throws {
        let server = servesResponsesAgent ? AgentServer(ClosureAgent()) : AgentServer()
        var routes: Set<String> = []
        var versioned: Set<String> = []
        for route in server.site(server.configuration, store: nil, logger: Logger(label: "test")).routes
        where route.webSocket == nil {
            let method = route.method.rawValue.lowercased()
            if route.path.hasPrefix("/v1/") {
                versioned.insert("\(method) \(route.path.dropFirst(3))")
            } else {
                routes.insert("\(method) \(route.path)")
            }
        }
        let facts = Facts(agentName: "", version: "1", servesResponsesAgent: servesResponsesAgent)
        let paths = try #require(ServerDescription.openAPI(facts)["paths"]?.objectValue)
        var described: Set<String> = []
        for (path, item) in paths {
            let place = path.replacing(/\{[a-z_]+\}/, with: "{}")
            for method in try #require(item.objectValue).keys { described.insert("\(method) \(place)") }
        }
        #expect(described == routes)
        // What the words of the document say of the prefix.
        let standard = routes.filter { $0.contains(/\ \/(responses|conversations|models)/) }
        #expect(versioned == standard)
        #expect(standard.isEmpty == !servesResponsesAgent)
    }

    @Test("names every parameter of a path, and no other", arguments: servers)
    func pathParameters(facts: Facts) throws {
        let paths = try #require(ServerDescription.openAPI(facts)["paths"]?.objectValue)
        for (path, item) in paths {
            let places = path.matches(of: /\{([a-z_]+)\}/).map { String($0.output.1) }
            for (_, operation) in try #require(item.objectValue) {
                let parameters = (operation["parameters"]?.arrayValue ?? []).filter { $0["in"] == "path" }
                #expect(parameters.compactMap { $0["name"]?.stringValue } == places)
                #expect(parameters.allSatisfy { $0["required"] == true })
            }
        }
    }

    @Test("comes back unchanged from its bytes", arguments: servers)
    func roundTrip(facts: Facts) throws {
        let document = JSON.object(ServerDescription.openAPI(facts))
        #expect(try JSON(parsing: document.encoded()) == document)
    }

    @Test("refers to nothing that is missing, and defines nothing that is unused", arguments: servers)
    func references(facts: Facts) throws {
        let document = JSON.object(ServerDescription.openAPI(facts))
        let components = try #require(document["components"]?["schemas"]?.objectValue)
        let defined = Set(components.keys.map { "#/components/schemas/\($0)" })
        #expect(Set(texts(of: "$ref", in: document)) == defined)
        for mapping in values(of: "mapping", in: document) {
            let targets = try #require(mapping.objectValue).compactMap(\.value.stringValue)
            #expect(defined.isSuperset(of: targets))
        }
    }

    @Test("gives every operation an id of its own, words, a known tag and a good answer", arguments: servers)
    func operations(facts: Facts) throws {
        let document = JSON.object(ServerDescription.openAPI(facts))
        let tags = Set((document["tags"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue })
        let operations = try allOperations(in: document)
        let ids = operations.compactMap { $0["operationId"]?.stringValue }
        #expect(ids.count == operations.count)
        #expect(Set(ids).count == ids.count)
        for operation in operations {
            #expect(operation["summary"]?.stringValue?.isEmpty == false)
            #expect(operation["description"]?.stringValue?.isEmpty == false)
            #expect(operation["tags"]?[0]?.stringValue.map(tags.contains) == true)
            #expect(operation["responses"]?["200"]?["content"]?.objectValue?.isEmpty == false)
        }
    }

    @Test("links to operations that there are, by parameters that they have")
    func links() throws {
        let operations = try allOperations(in: .object(ServerDescription.openAPI(Self.servers[0])))
        var count = 0
        for link in operations.flatMap({ objects(in: $0["responses"] ?? [:]) }) {
            guard let id = link["operationId"], let given = link["parameters"]?.objectValue else { continue }
            let target = try #require(operations.first { $0["operationId"] == id })
            let names = (target["parameters"]?.arrayValue ?? []).filter { $0["in"] == "path" }.map { $0["name"] }
            #expect(Set(names.compactMap { $0?.stringValue }) == Set(given.keys))
            count += 1
        }
        #expect(count > 5)
    }

    @Test("answers every failure in the form of its path", arguments: servers)
    func failures(facts: Facts) throws {
        for operation in try allOperations(in: .object(ServerDescription.openAPI(facts))) {
            let isStandard =
                operation["tags"]?[0]?.stringValue.map { !["Agent", "Server", "Traces"].contains($0) } == true
            for (status, answer) in try #require(operation["responses"]?.objectValue) where status != "200" {
                let schema = answer["content"]?["application/json"]?["schema"]
                // A host that is not served here is refused before anybody looks at the path.
                let name = isStandard && status != "403" ? "ErrorAnswer" : "ErrorDetail"
                #expect(schema?["$ref"]?.stringValue == "#/components/schemas/\(name)")
            }
        }
    }

    @Test("asks for a key where the server does, and only there")
    func keys() throws {
        let open: Set = ["getHealth", "getDocument", "getPage", "getTracesPage"]
        for facts in Self.servers {
            let document = JSON.object(ServerDescription.openAPI(facts))
            #expect((document["components"]?["securitySchemes"]?["key"]?["scheme"] == "bearer") == facts.needsKey)
            for operation in try allOperations(in: document) {
                let id = try #require(operation["operationId"]?.stringValue)
                let isGuarded = facts.needsKey && !open.contains(id)
                #expect((operation["security"] == [["key": []]]) == isGuarded, "\(id)")
                #expect((operation["responses"]?["401"] != nil) == isGuarded, "\(id)")
                if isGuarded { #expect(operation["responses"]?["429"] != nil, "\(id)") }
            }
        }
    }

    @Test("requires only members that it describes", arguments: servers)
    func requiredMembers(facts: Facts) throws {
        for schema in objects(in: .object(ServerDescription.openAPI(facts))) {
            guard let members = schema["properties"]?.objectValue else { continue }
            for name in (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue) {
                #expect(members.contains(name), "\(name)")
            }
        }
    }

    @Test("tells items apart by their type")
    func items() throws {
        let document = JSON.object(ServerDescription.openAPI(Self.servers[0]))
        let schemas = try #require(document["components"]?["schemas"]?.objectValue)
        for (name, schema) in schemas {
            guard let mapping = schema["discriminator"]?["mapping"]?.objectValue else { continue }
            for (type, target) in mapping {
                let key = try #require(target.stringValue?.split(separator: "/").last)
                let own = try #require(schemas[String(key)]?["properties"]?["type"])
                let names = own["const"].map { [$0] } ?? own["enum"]?.arrayValue ?? []
                #expect(names.contains(.string(type)), "\(name): \(type)")
            }
        }
    }

    @Test("leaves requests and answers of a plain agent open")
    func plain() {
        let document = JSON.object(ServerDescription.openAPI(Self.servers[1]))
        let schemas = document["components"]?["schemas"]
        #expect(schemas?["InvocationRequest"]?["required"] == nil)
        #expect(schemas?["InvocationResponse"]?["properties"] == nil)
        #expect(schemas?["AgentInfo"]?["properties"]?["agent_api"] == nil)
    }
}

// MARK: Walking a document

/// All objects in a value, itself among them.
private func objects(in value: JSON) -> [JSONObject] {
    switch value {
    case .object(let object): [object] + object.flatMap { objects(in: $0.value) }
    case .array(let elements): elements.flatMap { objects(in: $0) }
    default: []
    }
}

private func values(of key: String, in value: JSON) -> [JSON] {
    objects(in: value).compactMap { $0[key] }
}

private func texts(of key: String, in value: JSON) -> [String] {
    values(of: key, in: value).compactMap(\.stringValue)
}

private func allOperations(in document: JSON) throws -> [JSON] {
    let paths = try #require(document["paths"]?.objectValue)
    return paths.flatMap { ($0.value.objectValue ?? [:]).map(\.value) }
}
