import AgentJSON
import Testing

@testable import ModelAgent

@Suite("A refusal of an endpoint")
struct ModelRefusalTests {
    private static func refusal(
        _ body: String, status: Int = 400, headers: [String: String] = [:], at seconds: Int = 0
    ) -> ModelFailure {
        ModelFailure.refusal(status: status, body: Array(body.utf8), header: { headers[$0] }, at: seconds)
    }

    @Test(
        "is in the endpoint's own words, whatever the form",
        arguments: [
            (#"{"error":{"message":"m","type":"t","param":null,"code":"c"}}"#, "m", "c"),
            (#"{"error":{"message":"m","type":"t","code":null}}"#, "m", "t"),
            (#"{"error":{"message":"m","code":404}}"#, "m", "404"),
            (#"{"error":"m"}"#, "m", nil),
            (#"{"detail":"m"}"#, "m", nil),
            (
                #"{"detail":[{"loc":["body","messages",0],"msg":"m","type":"missing"},{"msg":"n"}]}"#,
                "body.messages.0: m; n", nil
            ),
            (#"{"error_code":"BAD_REQUEST","message":"m"}"#, "m", "BAD_REQUEST"),
            (
                #"{"object":"error","message":"m","type":"BadRequestError","param":null,"code":400}"#, "m",
                "BadRequestError"
            ),
            (#"[{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}]"#, "m", "INVALID_ARGUMENT"),
            (
                #"{"error":{"error":{"error":{"error":{"error":"deep"}}}}}"#,
                "The endpoint answered with the status 400", nil
            ),
            ("Bad\r\nGateway\u{7}", "Bad  Gateway ", nil),
            ("\n<!doctype html><html>", "The endpoint answered with the status 400", nil),
            (#""m""#, "m", nil),
            ("", "The endpoint answered with the status 400", nil),
            ("\n \n", "The endpoint answered with the status 400", nil),
            ("{}", "The endpoint answered with the status 400", nil),
            ("null", "The endpoint answered with the status 400", nil),
        ] as [(String, String, String?)]
    )
    func words(body: String, message: String, code: String?) {
        let failure = Self.refusal(body)
        #expect(failure.kind == .status(400))
        #expect(failure.message == message && failure.code == code)
    }

    @Test("for being too large is one of a conversation that is too long")
    func tooLarge() {
        #expect(Self.refusal("no", status: 413).code == "context_length_exceeded")
        let overflow = "the context overflows; the model is loaded with context length of only 4096 tokens"
        #expect(Self.refusal(#"{"error":"\#(overflow)"}"#).code == "context_length_exceeded")
    }

    @Test("is cut off where it is long, also within a character's bytes")
    func long() {
        let text = Self.refusal(String(repeating: "é", count: 5000)).message
        #expect(text == String(repeating: "é", count: 300) + "…")
        #expect(Self.refusal("{\"error\":\"\(String(repeating: "x", count: 5000))\"}").message.utf8.count < 1010)
    }

    @Test(
        "is known as one of a conversation that is too long",
        arguments: [
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
            "the request exceeds the available context size, try increasing it",
            "Requested tokens (9000) exceed context window of 8192",
            "The decoder prompt (length 9000) is longer than the maximum model length of 8192.",
            "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
            "the input length exceeds the context length",
            "prompt is too long: 210000 tokens > 200000 maximum",
            "The input token count (9000) exceeds the maximum number of tokens allowed (8192).",
            "Input is too long for requested model.",
        ]
    )
    func tooLong(message: String) {
        for body in [message, "{\"error\":{\"message\":\"\(message)\",\"code\":400}}"] {
            #expect(Self.refusal(body).code == "context_length_exceeded")
        }
    }

    @Test("is known by the endpoint's names for that, and not mistaken for it")
    func notTooLong() {
        #expect(
            Self.refusal(#"{"error":{"message":"m","type":"exceed_context_size_error"}}"#).code
                == "context_length_exceeded")
        #expect(
            Self.refusal(#"{"error":{"message":"m","code":"context_length_exceeded"}}"#).code
                == "context_length_exceeded")
        #expect(Self.refusal("Request exceeds the context window quota", status: 429).code == nil)
        #expect(Self.refusal("context length must be positive").code == nil)
    }

    @Test(
        "says when it may be tried again",
        arguments: [
            (["retry-after": "7"], .seconds(7)), (["retry-after": "0.25"], .milliseconds(250)),
            (["retry-after-ms": "1500", "retry-after": "7"], .milliseconds(1500)),
            (["retry-after-ms": "soon", "retry-after": "7"], .seconds(7)),
            (["retry-after": "-3"], .zero), (["retry-after": "1e300"], .seconds(86_400)),
            (["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"], .seconds(17)),
            (["retry-after": "Sun, 06 Nov 1994 08:49:00 GMT"], .zero),
            (["retry-after": "soon"], nil), (["retry-after": "nan"], nil), (["retry-after": ""], nil), ([:], nil),
            (["retry-after": "Sun, 99 Nov 1994 08:49:37 GMT"], nil),
            (["retry-after": "Sun, 06 Foo 1994 08:49:37 GMT"], nil),
            (["retry-after": "Sun, 06 Nov 1994 08:49 GMT"], nil),
        ] as [([String: String], Duration?)]
    )
    func retryAfter(headers: [String: String], expected: Duration?) {
        #expect(Self.refusal("", status: 429, headers: headers, at: 784_111_760).retryAfter == expected)
    }

    @Test(
        "reads dates of HTTP",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200), ("Wed, 31 Dec 2025 12:00:00 GMT", 1_767_182_400),
        ]
    )
    func dates(text: String, expected: Int) {
        #expect(RetryAfter.time(ofDate: text) == expected)
    }
}
