import AgentJSON
import OpenResponses
import Testing

@Suite("Other bodies and queries")
struct OtherBodyTests {
    @Test("A compaction names a model, and what to compact")
    func compact() throws {
        let body = try RequestTesting.object(
            #"""
            {"model": "m", "input": "x", "previous_response_id": "resp_1", "instructions": "i", "prompt_cache_key": "k",
             "temperature": "ignored"}
            """#)
        let request = try CompactRequest(body)
        #expect(request.model == "m")
        #expect(request.input == [Item(["type": "message", "role": "user", "content": "x"])])
        #expect(request.previousResponseID == "resp_1")
        #expect(request.instructions == "i")
        #expect(request.promptCacheKey == "k")
        #expect(request.json == body)
        #expect(try CompactRequest(["model": "m", "input": nil]).input.isEmpty)
    }

    @Test(
        "A bad compaction is refused",
        arguments: [
            (#"{"input": "x"}"#, "missing_required_parameter at model"),
            (#"{"model": null}"#, "missing_required_parameter at model"), (#"{"model": 1}"#, "invalid_value at model"),
            (#"{"model": "m", "input": [{"type": "nope"}]}"#, "invalid_value at input[0].type"),
            (#"{"model": "m", "previous_response_id": 1}"#, "invalid_value at previous_response_id"),
            (#"{"model": "m", "instructions": 1}"#, "invalid_value at instructions"),
            (#"{"model": "m", "prompt_cache_key": ""}"#, nil),
            (#"{"model": "m", "prompt_cache_key": 1}"#, "invalid_value at prompt_cache_key"),
        ] as [(String, String?)])
    func badCompact(body: String, fault: String?) throws {
        let body = try RequestTesting.object(body)
        guard let fault else {
            _ = try CompactRequest(body)
            return
        }
        #expect(try RequestTesting.fault { _ = try CompactRequest(body) } == fault)
    }

    @Test("A count of tokens needs nothing, and is checked as a request")
    func inputTokens() throws {
        #expect(try InputTokensRequest([:]).request.input.isEmpty)
        #expect(try InputTokensRequest(["input": "x", "tools": []]).request.input.count == 1)
        #expect(
            try RequestTesting.fault { _ = try InputTokensRequest(["temperature": 3]) }
                == "invalid_value at temperature")
    }

    @Test("A conversation begins with items and labels, or with nothing")
    func conversationCreate() throws {
        let create = try ConversationCreate(
            RequestTesting.object(#"{"items": [{"role": "user", "content": "x"}], "metadata": {"a": "b"}}"#))
        #expect(create.items == [Item(["type": "message", "role": "user", "content": "x"])])
        #expect(create.metadata == ["a": "b"])
        let empty = try ConversationCreate(["items": nil, "metadata": nil])
        #expect(empty.items.isEmpty && empty.metadata.isEmpty)
        #expect(
            try RequestTesting.fault { _ = try ConversationCreate(["items": ["x"]]) } == "invalid_value at items[0]")
        #expect(
            try RequestTesting.fault { _ = try ConversationCreate(["metadata": ["a": 1]]) }
                == "invalid_value at metadata.a")
    }

    @Test("A conversation's labels are replaced by others, or by none")
    func conversationUpdate() throws {
        #expect(try ConversationUpdate(["metadata": ["a": "b"]]).metadata == ["a": "b"])
        #expect(try ConversationUpdate(["metadata": nil]).metadata.isEmpty)
        #expect(
            try RequestTesting.fault { _ = try ConversationUpdate([:]) } == "missing_required_parameter at metadata")
    }

    @Test("Up to 1,000 items are added at once")
    func itemsCreate() throws {
        func body(_ count: Int) -> JSONObject {
            ["items": .array(Array(repeating: ["role": "user", "content": "x"], count: count))]
        }
        #expect(try ItemsCreate(body(1000)).items.count == 1000)
        #expect(try RequestTesting.fault { _ = try ItemsCreate(body(1001)) } == "invalid_value at items")
        #expect(try RequestTesting.fault { _ = try ItemsCreate([:]) } == "missing_required_parameter at items")
        #expect(try RequestTesting.fault { _ = try ItemsCreate(["items": "x"]) } == "invalid_value at items")
    }

    @Test(
        "A list goes as its query says",
        arguments: [
            (nil, 20, "desc", nil), ("", 20, "desc", nil), ("limit=1", 1, "desc", nil),
            ("limit=100&order=asc&after=msg_1", 100, "asc", "msg_1"),
            ("include[]=a&include%5B%5D=b&x&=&&after=", 20, "desc", nil),
            ("after=a%20b%2Bc+d%C3%A4%zz%4", 20, "desc", "a b+c dä%zz%4"), ("%61fter=x=y", 20, "desc", "x=y"),
            ("limit=5&limit=6", 6, "desc", nil), ("after=%ff", 20, "desc", "\u{FFFD}"),
        ] as [(String?, Int, String, String?)])
    func list(query: String?, limit: Int, order: String, after: String?) throws {
        let list = try ListQuery(query: query)
        #expect(list.limit == limit)
        #expect(list.order.rawValue == order)
        #expect(list.after == after)
    }

    @Test(
        "A list with a bad query is refused",
        arguments: [
            ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("limit=1.5", "limit"),
            ("limit=99999999999999999999", "limit"), ("order=up", "order"), ("order=ASC", "order"),
        ])
    func badList(query: String, place: String) throws {
        #expect(try RequestTesting.fault { _ = try ListQuery(query: query) } == "invalid_value at \(place)")
    }

    @Test(
        "A response comes back in the form its query asks for",
        arguments: [
            (nil, false, nil), ("stream=false", false, nil), ("stream=true", true, nil),
            ("stream=true&starting_after=0", true, 0), ("starting_after=12&include[]=x", false, 12),
            ("starting_after=99999999999999999999", false, Int.max),
        ] as [(String?, Bool, Int?)])
    func retrieve(query: String?, wantsStream: Bool, startingAfter: Int?) throws {
        let retrieve = try RetrieveQuery(query: query)
        #expect(retrieve.wantsStream == wantsStream)
        #expect(retrieve.startingAfter == startingAfter)
    }

    @Test(
        "A response is not given for a bad query",
        arguments: [
            ("stream=yes", "stream"), ("starting_after=x", "starting_after"), ("starting_after=-1", "starting_after"),
            ("starting_after=1.0", "starting_after"), ("starting_after=+1", "starting_after"),
            ("starting_after=%D9%A1", "starting_after"),
        ])
    func badRetrieve(query: String, place: String) throws {
        #expect(try RequestTesting.fault { _ = try RetrieveQuery(query: query) } == "invalid_value at \(place)")
    }
}
