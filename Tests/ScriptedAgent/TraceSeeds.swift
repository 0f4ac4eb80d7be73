import AgentJSON
import AgentServer
import MLflowTracing
import Tracing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Traces to look at, for the check of the page that shows them: what agents do, what goes wrong, and what tries to break
/// the page. One goes on until somebody opens the named pipe `end-run` in the working folder.
enum TraceSeeds {
    static func plant(in sink: any TraceSink) {
        let now = SpanClock.now
        for number in 0..<60 { sink.take(small(number, at: now - 7200 * second - UInt64(number) * 900 * second)) }
        for name in ["First errand", "Second errand"] { sink.take(errand(name, at: now - 6300 * second)) }
        sink.take(hostile(at: now - 5400 * second))
        sink.take(large(at: now - 4000 * second))
        sink.take(long(at: now - 2600 * second))
        sink.take(search(at: now - 1500 * second))
        sink.take(failed(at: now - 340 * second))
        sink.take(weather(at: now - 95 * second))
        let run = Task { await goOn(in: sink) }
        _ = run
    }

    static let second: UInt64 = 1_000_000_000
    static let millisecond: UInt64 = 1_000_000

    // MARK: What agents do

    private static func weather(at start: UInt64) -> FinishedTrace {
        var trace = SeededTrace("WeatherAgent", at: start, for: 2_870)
        let system: JSON = ["role": "system", "content": "You are a helpful assistant. Use tools where they help."]
        let user: JSON = ["role": "user", "content": "Do I need an umbrella in Oslo tomorrow?"]
        let call: JSON = [
            "role": "assistant",
            "tool_calls": [
                [
                    "id": "call_7Qd2", "type": "function",
                    "function": ["name": "forecast", "arguments": #"{"city": "Oslo", "days": 1}"#],
                ]
            ],
        ]
        let result: JSON = [
            "role": "tool", "tool_call_id": "call_7Qd2",
            "content": #"{"date": "2026-03-02", "rain_mm": 11.4, "probability": 0.92, "high": 6, "low": 1}"#,
        ]
        let text =
            "Yes, take one: about **11 mm** of rain are forecast for Oslo, with a probability of 92 %.\nIt stays cool, 1 to 6 °C."
        trace.io(0, ["input": [user], "context": ["conversation_id": "trip-to-oslo"]], ["output": [message(text)]])
        let plan = trace.add("plan", .chain, in: 0, 4, 1_120)
        let first = trace.add("gpt-5-mini", .chatModel, in: plan, 9, 1_090)
        trace.io(
            first, ["model": "gpt-5-mini", "messages": [system, user], "temperature": 0.2],
            ["choices": [["message": call, "finish_reason": "tool_calls"]]])
        trace.use(first, TokenUsage(input: 412, output: 31), "gpt-5-mini")
        let tool = trace.add("forecast", .tool, in: 0, 1_126, 1_668)
        trace.io(
            tool, ["city": "Oslo", "days": 1],
            ["date": "2026-03-02", "rain_mm": 11.4, "probability": 0.92, "high": 6, "low": 1])
        let http = trace.add("GET api.weather.example", "HTTP", in: tool, 1_131, 1_655)
        trace.spans[http].attributes["http.response.status_code"] = 200
        trace.spans[http].attributes["url.full"] = "https://api.weather.example/v1/forecast?city=Oslo&days=1"
        trace.spans[http].events = [
            .init(name: "first byte", time: start + 1_540 * millisecond, attributes: ["bytes": 512])
        ]
        let last = trace.add("gpt-5-mini", .chatModel, in: 0, 1_672, 2_861)
        trace.io(
            last, ["model": "gpt-5-mini", "messages": [system, user, call, result]],
            ["choices": [["message": ["role": "assistant", "content": .string(text)], "finish_reason": "stop"]]])
        trace.use(last, TokenUsage(input: 538, output: 64, cacheRead: 384), "gpt-5-mini")
        trace.annotations.session = "trip-to-oslo"
        trace.annotations.user = "ada"
        trace.annotations.tags = ["team": "travel", "release": "2026.3"]
        return trace.finished
    }

    private static func search(at start: UInt64) -> FinishedTrace {
        var trace = SeededTrace("Librarian", at: start, for: 4_310)
        let question = "What does the handbook say about carrying over days of leave?"
        let text =
            "Up to five days may be carried over until 31 March (chapter 4.2). Further days need a manager's consent."
        trace.io(0, ["input": [["role": "user", "content": .string(question)]]], ["output": [message(text)]])
        let find = trace.add("handbook", .retriever, in: 0, 12, 640)
        let embedding = trace.add("text-embedding-3-small", .embedding, in: find, 15, 180)
        trace.io(embedding, ["input": .string(question)], nil)
        trace.use(embedding, TokenUsage(input: 14, output: 0), "text-embedding-3-small")
        let documents: JSON = .array(
            (1...4).map { number in
                [
                    "page_content": .string(
                        "4.\(number) Days of leave that are not taken by the end of the year are carried over, five at most, and lapse on 31 March."
                    ),
                    "metadata": [
                        "source": .string("handbook/chapter-4.md"), "score": .number(JSONNumber(94 - 7 * number)),
                    ],
                    "id": .string("chunk-\(400 + number)"),
                ]
            })
        trace.io(find, ["query": .string(question), "k": 4], documents)
        let rank = trace.add("rerank", .reranker, in: 0, 644, 905)
        trace.io(rank, documents, documents)
        let guardrail = trace.add("on topic?", .guardrail, in: 0, 646, 700)
        trace.io(guardrail, .string(question), true)
        let answer = trace.add("claude-sonnet", .chatModel, in: 0, 910, 4_296)
        trace.io(answer, ["messages": [["role": "user", "content": .string(question)]]], message(text))
        trace.use(answer, TokenUsage(input: 2_310, output: 88), "claude-sonnet")
        trace.annotations.session = "hr-questions"
        return trace.finished
    }

    private static func failed(at start: UInt64) -> FinishedTrace {
        var trace = SeededTrace("TripPlanner", at: start, for: 10_240)
        trace.io(0, ["input": [["role": "user", "content": "Book the 07:40 to Bergen, window seat please."]]], nil)
        let model = trace.add("gpt-5-mini", .chatModel, in: 0, 6, 870)
        trace.use(model, TokenUsage(input: 655, output: 42), "gpt-5-mini")
        let tool = trace.add("book_train", .tool, in: 0, 880, 10_230)
        trace.io(tool, ["train": "R61", "seat": "window"], nil)
        for attempt in 0..<3 {
            let start = 884 + attempt * 3_110
            let request = trace.add("POST booking.example/orders", "HTTP", in: tool, start, start + 3_010)
            trace.fail(request, "BookingError", "503 Service Unavailable: the carrier's system does not answer")
        }
        trace.fail(tool, "BookingError", "503 Service Unavailable: the carrier's system does not answer")
        trace.fail(0, "BookingError", "503 Service Unavailable: the carrier's system does not answer")
        trace.annotations.session = "trip-to-oslo"
        return trace.finished
    }

    private static func long(at start: UInt64) -> FinishedTrace {
        var trace = SeededTrace("Reviewer", at: start, for: 61_800)
        trace.io(
            0, ["input": [["role": "user", "content": "Review the whole repository"]]],
            ["output": [message("Looks good; three remarks.")]])
        for file in 0..<40 {
            let start = 20 + file * 1_540
            let review = trace.add("review file \(file + 1)", .agent, in: 0, start, start + 1_500)
            let model = trace.add("gpt-5", .llm, in: review, start + 10, start + 1_100)
            trace.use(model, TokenUsage(input: 3_000 + file * 37, output: 210 + file), "gpt-5")
            _ = trace.add("parse", .parser, in: review, start + 1_105, start + 1_130)
            _ = trace.add("remember", .memory, in: review, start + 1_135, start + 1_490)
        }
        return trace.finished
    }

    /// A call that goes on with a caller's trace, as another one does.
    private static func errand(_ name: String, at start: UInt64) -> FinishedTrace {
        var trace = SeededTrace(name, at: start, for: 120).finished
        trace.id = TraceID(high: 1, low: 2)
        trace.isRemote = true
        trace.spans[0].parent = SpanID(value: 3)
        return trace
    }

    private static func small(_ number: Int, at start: UInt64) -> FinishedTrace {
        let questions = [
            "Hello!", "What is the capital of Norway?",
            "Summarise this in one sentence: the meeting is moved to Thursday.",
            "Translate 'good morning' into Norwegian.", "How many legs has a spider?",
        ]
        let answers = ["Hello! How can I help?", "Oslo.", "The meeting is on Thursday now.", "God morgen.", "Eight."]
        let index = number % questions.count
        var trace = SeededTrace(
            number.isMultiple(of: 7) ? "Echo" : "Assistant", at: start, for: 180 + (number * 397) % 2_900)
        trace.io(
            0, ["input": [["role": "user", "content": .string(questions[index])]]],
            number % 11 == 4 ? nil : ["output": [message(answers[index])]])
        let model = trace.add("gpt-5-mini", .chatModel, in: 0, 3, 150)
        trace.use(model, TokenUsage(input: 80 + number, output: 12 + index), "gpt-5-mini")
        if number % 11 == 4 { trace.fail(0, "TimeoutError", "The model took longer than 30 s") }
        if number.isMultiple(of: 3) { trace.annotations.session = "chat-\(number / 3)" }
        return trace.finished
    }

    static func message(_ text: String) -> JSON {
        ["type": "message", "role": "assistant", "content": [["type": "output_text", "text": .string(text)]]]
    }

    // MARK: What tries to break the page

    private static func hostile(at start: UInt64) -> FinishedTrace {
        let markup = #"<img src=x onerror="window.pwned=1"><script>window.pwned=2</script>"#
        var trace = SeededTrace(markup, at: start, for: 33)
        trace.io(
            0, ["input": [["role": "user", "content": .string("</script>" + markup + "\u{202E}txet")]]],
            ["output": [message(markup)]])
        let span = trace.add(markup, SpanType(rawValue: markup), in: 0, 1, 30)
        trace.io(
            span,
            [
                markup: .string(markup), "__proto__": ["polluted": true],
                "big": .number(JSONNumber(9_007_199_254_740_993)),
            ], .string("javascript:window.pwned=3"))
        trace.fail(span, markup, markup)
        trace.annotations.session = markup
        trace.annotations.tags = ["__proto__": markup, markup: "https://evil.example/"]
        return trace.finished
    }

    private static func large(at start: UInt64) -> FinishedTrace {
        var trace = SeededTrace("Archivist", at: start, for: 840)
        let rows: [JSON] = (0..<2_000).map { number in
            ["row": .number(JSONNumber(number)), "value": .string("entry number \(number)")]
        }
        trace.io(
            0,
            [
                "input": [
                    [
                        "role": "user",
                        "content": .string("Sort this: " + String(repeating: "lorem ipsum ", count: 8_000)),
                    ]
                ]
            ], ["rows": .array(rows)])
        return trace.finished
    }

    // MARK: What goes on

    private static func goOn(in sink: any TraceSink) async {
        let trace = Trace(sink: sink)
        let root = trace.begin("Researcher") {
            ["input": [["role": "user", "content": "Compare the three proposals"]]]
        }
        trace.update { $0.session = "research" }
        let plan = AgentTracer().startSpan("plan", context: root.context, ofKind: .internal)
        plan.type = .chain
        let steps = Task {
            for step in 1...200 where !Task.isCancelled {
                let name = step.isMultiple(of: 3) ? "read proposal \(step)" : "gpt-5-mini"
                let span = AgentTracer().startSpan(name, context: plan.context, ofKind: .internal)
                span.type = step.isMultiple(of: 3) ? .tool : .chatModel
                span.setTokenUsage(TokenUsage(input: 120, output: 20))
                // A span that takes time, for the page to show.
                try? await Task.sleep(for: .milliseconds(700))
                span.end()
            }
        }
        // Opening a pipe waits for its other end.
        _ = await AgentPool.shared.run { close(open("end-run", O_RDONLY)) }
        steps.cancel()
        await steps.value
        plan.end()
        trace.end(.finished(outputs: { ["output": [message("The second one is the best.")]] }, format: nil))
    }
}
