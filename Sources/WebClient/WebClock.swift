import NIOCore
import NIOHTTP1

/// The time that an exchange has: so long for the beginning of its first answer, or for all of it; after that, so long from one
/// mark to the next; and all in all no longer than to its end.
final class WebClock {
    /// What shows that an answer makes progress.
    enum Mark {
        /// The end of an answer.
        case answer
        /// Any part of it.
        case part
    }

    /// Whether it is the server's time that passes.
    var isRunning = true {
        // It begins anew.
        didSet { if isRunning { marks += 1 } }
    }

    private let timeout: TimeAmount
    private var pause: TimeAmount
    private var end: NIODeadline?
    private let mark: Mark
    private let loop: any EventLoop
    private var marks = 0
    private var task: Scheduled<Void>?
    private var onTimeout: (() -> Void)?

    /// - Parameters:
    ///   - timeout: How long the first mark may take.
    ///   - pause: How long each further one may take after the one before it; it is noticed within twice that time.
    ///   - end: When all of it is over, also where nobody reads; `nil` where the marks decide alone.
    init(timeout: Duration, pause: Duration, end: NIODeadline? = nil, mark: Mark, on loop: any EventLoop) {
        self.timeout = TimeAmount(web: timeout)
        self.pause = TimeAmount(web: pause)
        self.end = end
        self.mark = mark
        self.loop = loop
    }

    /// - Parameter onTimeout: Called once, on the loop.
    func start(onTimeout: @escaping () -> Void) {
        self.onTimeout = onTimeout
        check(after: min(pause, timeout), began: .now(), marks: 0)
    }

    /// Counts from now on, with another pause.
    ///
    /// - Parameter end: Another end; `nil` where that stays.
    func setPause(_ pause: TimeAmount, until end: NIODeadline?) {
        self.pause = pause
        if let end { self.end = end }
        marks += 1
        task?.cancel()
        check(after: pause, began: .now(), marks: marks)
    }

    func stop() {
        task?.cancel()
        task = nil
        onTimeout = nil
    }

    func note(_ part: HTTPClientResponsePart) {
        switch (mark, part) {
        case (.part, _), (.answer, .end): marks += 1
        default: break
        }
    }

    private func check(after time: TimeAmount, began: NIODeadline, marks before: Int) {
        let time = end.map { min(time, max($0 - .now(), .zero)) } ?? time
        task = loop.assumeIsolated().scheduleTask(in: time) { [self] in
            if let end, end <= .now() {
                onTimeout?()
            } else if marks == 0, began + timeout > .now() {
                check(after: min(pause, began + timeout - .now()), began: began, marks: 0)
            } else if marks > before || !isRunning {
                check(after: pause, began: began, marks: marks)
            } else {
                onTimeout?()
            }
        }
    }
}
