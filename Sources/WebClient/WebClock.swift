import NIOCore

/// The time that an exchange has: so long for its first answer, so long after that for each further one.
final class WebClock {
    private let pause: TimeAmount
    private let loop: any EventLoop
    private let answerCount: () -> Int
    private let onTimeout: () -> Void
    private var answers = 1
    private var task: Scheduled<Void>?

    /// - Parameters:
    ///   - pause: How long further answers may take.
    ///   - answerCount: How many answers there are.
    init(
        pause: TimeAmount, on loop: any EventLoop, answerCount: @escaping () -> Int, onTimeout: @escaping () -> Void
    ) {
        self.pause = pause
        self.loop = loop
        self.answerCount = answerCount
        self.onTimeout = onTimeout
    }

    func start(timeout: TimeAmount, answers: Int) {
        self.answers = answers
        guard answers > 1, pause < timeout else { return check(after: timeout, deadline: nil, since: 0) }
        check(after: pause, deadline: .now() + timeout, since: 0)
    }

    func stop() {
        task?.cancel()
        task = nil
    }

    /// Looks whether there are more answers than before; for the first one, whether its time is over.
    private func check(after time: TimeAmount, deadline: NIODeadline?, since count: Int) {
        task = loop.assumeIsolated().scheduleTask(in: time) { [self] in
            let now = answerCount()
            if now == 0, let deadline, deadline > .now() {
                check(after: min(pause, deadline - .now()), deadline: deadline, since: 0)
            } else if now > count {
                check(after: pause, deadline: nil, since: now)
            } else {
                onTimeout()
            }
        }
    }
}
