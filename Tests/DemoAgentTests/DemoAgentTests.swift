import AgentServer
import AgentServerTesting
import Synchronization
import TestSupport
import Testing

@testable import DemoAgent

@Suite("The demo agent, called through the whole server")
struct DemoAgentTests {
    private let server = TestAgentServer(DemoAgent())

    @Test("says the user's last text again, word by word where it is streamed")
    func echo() async {
        let body: JSON = [
            "input": [
                ["role": "user", "content": "before"], ["role": "assistant", "content": "You said: before"],
                ["role": "user", "content": [["type": "input_text", "text": "alpha  beta\ngamma"]]],
            ]
        ]
        #expect(await server.invoke(body).outputText == "You said: alpha  beta\ngamma")
        let stream = await server.stream(body)
        #expect(deltas(stream) == ["You ", "said: ", "alpha  ", "beta\n", "gamma"])
        #expect(stream.isDone)
        #expect(DemoAgent().name == "demo")
    }

    @Test(
        "leaves no character out",
        arguments: [" a", "a ", "\r\n", "line\r\n \"q\" \\ \u{2028} é日本 👩‍👩‍👧 data: [DONE]\n\nx"])
    func exactly(text: String) async {
        let stream = await server.stream(user(text))
        #expect(stream.outputText == "You said: " + text)
        #expect(deltas(stream).allSatisfy { !$0.isEmpty })
    }

    @Test("greets a user who says nothing", arguments: ["[]", #"[{"role":"user","content":""}]"#])
    func greeting(input: String) async throws {
        let body: JSON = ["input": try JSON(parsing: input)]
        #expect(await server.invoke(body).outputText == DemoAgent.greeting)
    }

    @Test("calls the first function that is offered, with arguments that satisfy its schema")
    func functionCall() async throws {
        let body = user("Paris?", tools: [weather, time])
        let call = try #require(await server.invoke(body).json["output"]?[0])
        #expect(call["type"] == "function_call")
        #expect(call["name"] == "get_weather")
        #expect(call["call_id"]?.stringValue?.isEmpty == false)
        let arguments = try JSON(parsing: call["arguments"]?.stringValue ?? "")
        #expect(arguments == ["location": "Paris?"])
        let events = await server.stream(body).events
        #expect(events.compactMap { $0["item"]?["name"] } == ["get_weather"])
    }

    @Test(
        "calls the function that tool_choice asks for",
        arguments: [
            (#""auto""#, "get_weather"), (#""required""#, "get_weather"), (#""none""#, nil),
            (#"{"type":"function","name":"get_time"}"#, "get_time"),
            (#"{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"get_time"}]}"#, "get_time"),
            (#"{"type":"allowed_tools","mode":"none","tools":[{"type":"function","name":"get_time"}]}"#, nil),
            (#"{"type":"allowed_tools","mode":"auto","tools":[]}"#, nil),
        ] as [(String, String?)]
    )
    func toolChoice(choice: String, name: String?) throws {
        var body = user("?", tools: [weather, time]).objectValue ?? [:]
        body["tool_choice"] = try JSON(parsing: choice)
        #expect(AgentRequest(body).functionToCall?.name == name)
    }

    @Test("calls a function of its own where a call is demanded and there is none", arguments: [false, true])
    func noFunction(isStream: Bool) async {
        let body: JSON = ["input": "x", "tool_choice": "required", "stream": .bool(isStream)]
        let answer = await server.send("POST", "/responses", body: body.encoded())
        #expect(answer.status == 200)
        let response = isStream ? answer.events.last?["response"] : answer.json
        #expect(response?["status"] == "completed")
        let output = response?["output"]
        #expect(output?.arrayValue?.compactMap { $0["type"] } == ["function_call", "function_call_output", "message"])
        #expect(output?[0]?["name"] == .string(DemoAgent.ownFunction))
        #expect(output?[0]?["call_id"] == output?[1]?["call_id"])
        #expect(answer.outputText == "The tool answered: x")
    }

    @Test(
        "calls a function with an object, whatever its schema",
        arguments: ["{}", #"{"type":"string"}"#, #"{"enum":["x"]}"#])
    func oddParameters(parameters: String) async throws {
        let tool: JSON = ["type": "function", "name": "odd", "parameters": try JSON(parsing: parameters)]
        let call = try #require(await server.invoke(user("?", tools: [tool])).json["output"]?[0])
        #expect(call["arguments"] == "{}")
    }

    @Test("quotes the outputs of functions, and calls again only when the user has spoken, or a call is demanded")
    func functionOutput() async throws {
        var input = try #require(user("Paris?")["input"]?.arrayValue)
        input.append(call("c1"))
        input.append(call("c2"))
        input.append(["type": "function_call_output", "call_id": "c1", "output": "64 and clear"])
        input.append(["type": "function_call_output", "call_id": "c2", "output": "70"])
        var body: JSONObject = ["input": .array(input), "tools": [weather]]
        #expect(await server.invoke(.object(body)).outputText == "The tool answered: 64 and clear; 70")
        #expect(await server.stream(.object(body)).outputText == "The tool answered: 64 and clear; 70")
        body["tool_choice"] = "required"
        #expect(await server.invoke(.object(body)).json["output"]?[0]?["type"] == "function_call")
        body["tool_choice"] = nil
        body["input"] = .array(input + [["role": "user", "content": "And Rome?"]])
        let output = await server.invoke(.object(body)).json["output"]
        #expect(output?[0]?["type"] == "function_call")
    }

    @Test("answers in JSON that satisfies the schema of text.format, in several pieces where it is streamed")
    func structured() async throws {
        let schema: JSON = [
            "type": "object", "required": ["title", "tags", "count"], "additionalProperties": false,
            "properties": [
                "title": ["type": "string"], "count": ["type": "integer", "minimum": 3],
                "tags": ["type": "array", "items": ["enum": ["new", "old"]], "minItems": 1],
            ],
        ]
        var body = user("A title").objectValue ?? [:]
        body["text"] = ["format": ["type": "json_schema", "name": "answer", "schema": schema, "strict": true]]
        let expected: JSON = ["title": "A title", "tags": ["new"], "count": 3]
        #expect(try JSON(parsing: await server.invoke(.object(body)).outputText) == expected)
        let stream = await server.stream(.object(body))
        #expect(try JSON(parsing: stream.outputText) == expected)
        #expect((2...8).contains(deltas(stream).count))
        body["text"] = ["format": ["type": "json_object"]]
        #expect(try JSON(parsing: await server.invoke(.object(body)).outputText) == ["text": "A title"])
        body["text"] = ["format": ["type": "text"]]
        #expect(await server.invoke(.object(body)).outputText == "You said: A title")
    }

    @Test("counts for about five seconds after its slow text")
    func slow() async {
        let paused = Mutex(Duration.zero)
        let agent = DemoAgent { duration in paused.withLock { $0 += duration } }
        let stream = await TestAgentServer(agent).stream(user(DemoAgent.slowText))
        #expect(stream.outputText.hasPrefix("You said: count slowly. 1 2 3 "))
        #expect(stream.outputText.hasSuffix(" \(DemoAgent.count)"))
        #expect(paused.withLock { $0 } == .seconds(5))
    }

    @Test("stops counting when its client has gone")
    func cancelled() async {
        let (pauses, pausing) = AsyncStream<Void>.makeStream()
        let (endings, ending) = AsyncStream<any Error>.makeStream()
        let agent = DemoAgent { _ in
            pausing.yield()
            do {
                try await waitForCancellation()
            } catch {
                ending.yield(error)
                throw error
            }
        }
        let call = Task { await TestAgentServer(agent).stream(user(DemoAgent.slowText)) }
        for await _ in pauses { break }
        call.cancel()
        for await error in endings {
            #expect(error is CancellationError)
            break
        }
        #expect(await !call.value.outputText.contains("1"))
    }
}

private func user(_ text: String, tools: [JSON] = []) -> JSON {
    ["input": [["role": "user", "content": .string(text)]], "tools": .array(tools)]
}

private func call(_ id: String) -> JSON {
    [
        "type": "function_call", "call_id": .string(id), "name": "get_weather", "arguments": "{}",
        "id": .string("fc_" + id),
    ]
}

private func deltas(_ stream: TestAnswer) -> [String] {
    stream.events.compactMap { $0["delta"]?.stringValue }
}

private let weather: JSON = [
    "type": "function", "name": "get_weather",
    "parameters": [
        "type": "object", "required": ["location"],
        "properties": ["location": ["type": "string"], "days": ["type": "integer"]],
    ],
]
private let time: JSON = ["type": "function", "name": "get_time", "parameters": ["type": "object", "properties": [:]]]
