import Logging
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Starts workers on one socket, keeps them running, renews them, and ends with them.
///
/// Does what ``SupervisorState`` says. It holds the socket for as long as it lives, so that connections wait in the
/// socket's queue whatever happens to workers. It runs no agent.
struct Supervisor: Sendable {
    private enum Event: Sendable {
        case worker(Int32, WorkerProcess.Event)
        case signal(UnixSignal)
        case renew
        case tick
    }

    private let configuration: AgentServer.Configuration
    private let logger: Logger
    private let program: String
    private let socket: ListeningSocket
    /// What happens, in its order. Few things do, and each is small.
    private let events: AsyncStream<Event>
    private let queue: AsyncStream<Event>.Continuation
    private let hasTerminal: Bool
    /// Where workers keep what they have counted; `nil` where nothing is measured.
    private let metrics: MetricsFolder?

    /// Begins to listen.
    ///
    /// - Throws: ``ServerError`` when the socket cannot be had.
    init(_ configuration: AgentServer.Configuration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        // Said once, here, rather than by each worker.
        _ = try configuration.tls.context()
        program = try ProgramPath.current()
        socket = try ListeningPlace(configuration).listening {
            try ListeningSocket(host: configuration.host, port: configuration.port)
        }
        (events, queue) = AsyncStream.makeStream(of: Event.self)
        metrics = configuration.hasMetrics ? MetricsFolder.make(in: Self.temporaryFolders) : nil
        if configuration.hasMetrics, metrics == nil {
            logger.warning("There is no place for the workers' metrics: each shows its own alone")
        }
        hasTerminal = isatty(STDIN_FILENO) == 1 || isatty(STDERR_FILENO) == 1
    }

    /// Runs until all workers have ended.
    ///
    /// - Parameter onReady: Called once, with the agent's name and the address, when the first worker takes connections.
    /// - Throws: ``ServerError`` when workers end again and again.
    func run(onReady: @escaping @Sendable (String, String) -> Void) async throws {
        defer {
            socket.close()
            metrics?.remove()
        }
        let reloader = configuration.reloads ? try Reloader(program: program, logger: logger) : nil
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { for await signal in signals { queue.yield(.signal(signal)) } }
            if let reloader { group.addTask { await reloader.run { queue.yield(.renew) } } }
            defer { group.cancelAll() }

            var crew = Crew(supervisor: self, onReady: onReady)
            try crew.perform(crew.state.begin())
            var nextTick: ContinuousClock.Instant?
            for await event in events {
                try crew.handle(event)
                if crew.isFinished { return }
                if let time = crew.state.nextTick, time != nextTick {
                    nextTick = time
                    // One tick too many does no harm.
                    group.addTask {
                        try? await Task.sleep(until: time)
                        queue.yield(.tick)
                    }
                }
            }
            crew.leave()
        }
    }

    /// The workers, and the state that says what they do.
    private struct Crew {
        let supervisor: Supervisor
        let onReady: @Sendable (String, String) -> Void
        var state: SupervisorState
        var workers: [Int32: WorkerProcess] = [:]
        var isFinished = false

        init(supervisor: Supervisor, onReady: @escaping @Sendable (String, String) -> Void) {
            self.supervisor = supervisor
            self.onReady = onReady
            let configuration = supervisor.configuration
            state = SupervisorState(
                workers: configuration.workers ?? 1, givesUp: !configuration.reloads,
                drainTime: configuration.drainTime
            )
        }

        mutating func handle(_ event: Event) throws {
            switch event {
            case .worker(let pid, .said(let line)):
                if line == WorkerMessage.served {
                    state.served(pid)
                } else if line.hasPrefix(WorkerMessage.ready) {
                    let name = String(line.dropFirst(WorkerMessage.ready.count))
                    try perform(state.ready(pid, name: name, now: .now))
                }
            case .worker(let pid, .ended(let how)):
                workers[pid] = nil
                supervisor.metrics?.add(ended: pid)
                try perform(state.ended(pid, how: how, now: .now))
            case .signal(.sighup) where !supervisor.hasLostTerminal:
                supervisor.logger.info("Renewing the workers")
                try perform(state.renew(.now))
            case .signal:
                if !state.isStopping {
                    supervisor.logger.info("Stopping", metadata: ["workers": "\(workers.count)"])
                }
                try perform(state.stop(.now))
            case .renew:
                try perform(state.renew(.now))
            case .tick:
                try perform(state.tick(.now))
            }
        }

        mutating func perform(_ actions: [SupervisorState.Action]) throws {
            for action in actions {
                switch action {
                case .start(let place): try start(place)
                case .retire(let pid): workers[pid]?.retire()
                case .terminate(let pid): workers[pid]?.terminate()
                case .kill(let pid): workers[pid]?.kill()
                case .announce(let name): onReady(name, ListeningPlace.text(supervisor.socket.address))
                case .say(let text): supervisor.logger.warning("\(text)")
                case .finish: isFinished = true
                case .giveUp(let reason): throw ServerError(message: reason)
                }
            }
        }

        private mutating func start(_ place: Int) throws {
            let queue = supervisor.queue
            let actions: [SupervisorState.Action]
            do throws(ChildProcess.StartError) {
                let worker = try WorkerProcess(
                    program: supervisor.program, socket: supervisor.socket.descriptor, metrics: supervisor.metrics
                ) { pid, event in queue.yield(.worker(pid, event)) }
                workers[worker.pid] = worker
                actions = state.started(worker.pid, place: place, now: .now)
            } catch {
                actions = state.notStarted(place: place, reason: error.reason, now: .now)
            }
            try perform(actions)
        }

        /// The supervisor's task is cancelled; workers notice by themselves that it has gone, and this is sooner.
        func leave() {
            for worker in workers.values { worker.terminate() }
        }
    }

    private static var temporaryFolders: [String] {
        [ProcessEnvironment.all["TMPDIR"], "/tmp"].compactMap { $0 }
    }

    /// Whether SIGHUP means what its name says: the terminal that this process was started from is gone.
    private var hasLostTerminal: Bool {
        guard hasTerminal else { return false }
        let terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC)
        if terminal >= 0 { close(terminal) }
        return terminal < 0
    }
}
