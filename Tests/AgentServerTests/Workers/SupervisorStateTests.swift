import Testing

@testable import AgentServer

@Suite("The state of a supervisor")
struct SupervisorStateTests {
    private let start = ContinuousClock.now

    private func after(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// A supervisor whose workers serve, with the process ids 1, 2, 3 and so on.
    private func serving(_ count: Int, givesUp: Bool = true) -> SupervisorState {
        var state = SupervisorState(workers: count, givesUp: givesUp, drainTime: .seconds(30))
        _ = state.begin()
        for place in 0..<count {
            _ = state.started(Int32(place + 1), place: place, now: start)
            _ = state.ready(Int32(place + 1), name: "agent", now: start)
            state.served(Int32(place + 1))
        }
        return state
    }

    @Test("starts all workers, and announces the first that is ready")
    func begin() {
        var state = SupervisorState(workers: 2, givesUp: true, drainTime: .seconds(30))
        #expect(state.begin() == [.start(place: 0), .start(place: 1)])
        #expect(state.started(1, place: 0, now: start) == [])
        #expect(state.started(2, place: 1, now: start) == [])
        #expect(state.ready(2, name: "agent", now: start) == [.announce("agent")])
        #expect(state.ready(1, name: "agent", now: start) == [])
    }

    @Test("starts a worker anew at once when it has run for a while, and soon when it has not")
    func restart() {
        var state = serving(1)
        #expect(state.ended(1, how: "signal 9", now: after(5)).last == .start(place: 0))
        _ = state.started(2, place: 0, now: after(5))
        let actions = state.ended(2, how: "signal 9", now: after(5.1))
        #expect(!actions.contains(.start(place: 0)))
        let due = state.nextTick
        #expect(due.map { $0 > after(5.1) && $0 < after(6) } == true)
        #expect(state.tick(after(6)) == [.start(place: 0)])
    }

    @Test("waits longer each time a worker ends quickly, but never gives up on those that served")
    func backOff() {
        var state = serving(1)
        var now = after(2)
        var delays: [Duration] = []
        for pid in Int32(1)...30 {
            let actions = state.ended(pid, how: "signal 4", now: now)
            #expect(!actions.contains { if case .giveUp = $0 { true } else { false } })
            if let due = state.nextTick {
                delays.append(due - now)
                now = due
                #expect(state.tick(now) == [.start(place: 0)])
            }
            _ = state.started(pid + 1, place: 0, now: now)
            _ = state.ready(pid + 1, name: "agent", now: now)
            state.served(pid + 1)
        }
        #expect(zip(delays, delays.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(delays.last == .seconds(2))
    }

    @Test("gives up when workers end before they serve, again and again", arguments: [true, false])
    func givingUp(givesUp: Bool) {
        var state = SupervisorState(workers: 1, givesUp: givesUp, drainTime: .seconds(30))
        _ = state.begin()
        var actions: [SupervisorState.Action] = []
        for pid in Int32(1)...5 {
            _ = state.started(pid, place: 0, now: start)
            actions = state.ended(pid, how: "exit status 3", now: start)
        }
        let reasons = actions.compactMap { if case .giveUp(let reason) = $0 { reason } else { nil } }
        #expect(reasons.count == (givesUp ? 1 : 0))
        #expect(reasons.allSatisfy { $0.contains("exit status 3") })
    }

    @Test("renews one worker after the other, each when its successor serves")
    func renewal() {
        var state = serving(2)
        #expect(state.renew(after(1)) == [.start(place: 0)])
        #expect(state.started(11, place: 0, now: after(1)) == [])
        #expect(state.ready(11, name: "agent", now: after(2)) == [.retire(1), .start(place: 1)])
        #expect(state.started(12, place: 1, now: after(2)) == [])
        #expect(state.ready(12, name: "agent", now: after(3)) == [.retire(2)])
        // The old ones end when they like.
        #expect(state.ended(2, how: "exit status 0", now: after(4)) == [])
        #expect(state.ended(1, how: "exit status 0", now: after(5)) == [])
        #expect(state.nextTick == nil)
    }

    @Test("keeps the old workers when a new one does not come to serve")
    func failedRenewal() {
        var state = serving(2)
        _ = state.renew(after(1))
        _ = state.started(11, place: 0, now: after(1))
        let actions = state.ended(11, how: "exit status 1", now: after(2))
        #expect(actions.count == 1)
        #expect(actions.first.map { if case .say = $0 { true } else { false } } == true)
        // The next one may succeed.
        #expect(state.renew(after(3)) == [.start(place: 0)])
        #expect(state.notStarted(place: 0, reason: "no such file", now: after(3)).count == 1)
    }

    @Test("renews once more when that is asked for meanwhile")
    func repeatedRenewal() {
        var state = serving(1)
        _ = state.renew(after(1))
        _ = state.started(11, place: 0, now: after(1))
        #expect(state.renew(after(1)) == [])
        #expect(state.renew(after(1)) == [])
        #expect(state.ready(11, name: "agent", now: after(2)) == [.retire(1), .start(place: 0)])
        _ = state.started(12, place: 0, now: after(2))
        #expect(state.ready(12, name: "agent", now: after(3)) == [.retire(11)])
    }

    @Test("lets a successor take over when the old worker ends before its time")
    func endsDuringRenewal() {
        var state = serving(2)
        _ = state.renew(after(1))
        _ = state.started(11, place: 0, now: after(1))
        let actions = state.ended(1, how: "signal 9", now: after(1.5))
        #expect(!actions.contains(.start(place: 0)))
        #expect(state.ready(11, name: "agent", now: after(2)) == [.start(place: 1)])
    }

    @Test("starts at once what waits for its turn when a renewal brings a new program")
    func renewalOfNothing() {
        var state = SupervisorState(workers: 1, givesUp: false, drainTime: .seconds(30))
        _ = state.begin()
        for pid in Int32(1)...7 {
            _ = state.started(pid, place: 0, now: start)
            _ = state.ended(pid, how: "exit status 1", now: start)
        }
        #expect(state.renew(start) == [.start(place: 0)])
        _ = state.started(8, place: 0, now: start)
        #expect(state.ready(8, name: "agent", now: start) == [.announce("agent")])
    }

    @Test("asks all workers to end, kills those that do not, and ends with the last one")
    func stopping() {
        var state = serving(2)
        #expect(state.stop(after(1)) == [.terminate(1), .terminate(2)])
        #expect(state.ended(1, how: "exit status 0", now: after(2)) == [])
        #expect(state.tick(after(30)) == [])
        #expect(state.tick(after(60)).contains(.kill(2)))
        #expect(state.ended(2, how: "signal 9", now: after(61)) == [.finish])
    }

    @Test("kills at once when it is asked a second time")
    func impatience() {
        var state = serving(1)
        _ = state.stop(after(1))
        #expect(state.stop(after(2)) == [.kill(1)])
    }

    @Test("ends a worker that was being started when the end was asked for")
    func stoppingEarly() {
        var state = SupervisorState(workers: 1, givesUp: true, drainTime: .seconds(30))
        _ = state.begin()
        #expect(state.stop(start) == [.finish])
        #expect(state.started(1, place: 0, now: start) == [.terminate(1)])
    }
}
