import AgentServer
import ArgumentParser
import ModelAgent
import Testing

@Suite("A model that is set up")
struct ModelSetupTests {
    @Test(
        "has a URL that is one, and none of a call; what may be a password is not shown",
        arguments: [
            ("localhost:8000", "'localhost:8000' is no URL"), ("http://a/v1#x", "is no URL"),
            ("http://ada:secret@a/v1", "What stands there is no URL"),
            ("https://a/v1/chat/completions?x=1", "'https://a/v1/chat/completions' is where calls go"),
            ("https://a/v1/responses", "leave out /responses"),
        ])
    func urls(url: String, words: String) throws {
        let error = try #require(throws: ModelSetupError.self) { _ = try Model("m", at: url) }
        #expect(error.message.contains(words), "\(error)")
    }

    @Test(
        "is named where one of its options is",
        arguments: ["--instructions", "--model-key-env", "--model-api", "--model-timeout", "--model-concurrency"])
    func options(option: String) throws {
        let options = try ModelOptions.parse([option, "1"])
        let error = try #require(throws: ModelSetupError.self) { _ = try options.agent(ServerOptions.parse([])) }
        #expect(error.message == "\(option) is of a model, but --model-url and --model are missing")
        let none = try ModelOptions.parse([]).agent(ServerOptions.parse([]))
        #expect(none == nil)
    }
}
