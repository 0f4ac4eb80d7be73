import Testing

@testable import AgentServer

@Suite("The rate limit")
struct RateLimitTests {
    private let start = ContinuousClock.now

    @Test("lets a minute's requests pass at once, then as many as time gives")
    func bucket() {
        var limit = RateLimit(requestsPerMinute: 6)
        for _ in 0..<6 { #expect(limit.count("a", now: start) == nil) }
        #expect(limit.count("a", now: start) == .seconds(10))
        // What was refused is not counted.
        #expect(limit.count("a", now: start + .seconds(9)) == .seconds(1))
        #expect(limit.count("a", now: start + .seconds(10)) == nil)
        #expect(limit.count("a", now: start + .seconds(10)) == .seconds(10))
        // Full again, and no fuller.
        for _ in 0..<6 { #expect(limit.count("a", now: start + .seconds(1000)) == nil) }
        #expect(limit.count("a", now: start + .seconds(1000)) != nil)
    }

    @Test("counts each principal apart")
    func principals() {
        var limit = RateLimit(requestsPerMinute: 1)
        #expect(limit.count("a", now: start) == nil)
        #expect(limit.count("b", now: start) == nil)
        #expect(limit.count("a", now: start) == .seconds(60))
    }

    @Test("remembers those that came last, and no more than it may")
    func memory() {
        var limit = RateLimit(requestsPerMinute: 1, principals: 100)
        for number in 0..<10_000 {
            #expect(limit.count("\(number)", now: start) == nil)
            #expect(limit.principals <= 200)
        }
        #expect(limit.count("9999", now: start) != nil)
        #expect(limit.count("9900", now: start) != nil)
        #expect(limit.count("0", now: start) == nil)
    }
}
