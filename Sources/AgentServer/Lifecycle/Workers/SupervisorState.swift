/// What the workers of a server are at, and what the next event means: a pure state machine.
///
/// Each place is taken by one worker. One that ends is started anew. To renew a place, a second worker is started, and the
/// first one retires when the second one serves: at no time does nobody serve.
struct SupervisorState {
    typealias Instant = ContinuousClock.Instant

    /// What is to be done.
    enum Action: Equatable {
        /// Start a worker for a place.
        case start(place: Int)
        /// Ask a worker to let its connections come to their ends; others take over.
        case retire(Int32)
        /// Ask a worker to end, as SIGTERM does.
        case terminate(Int32)
        case kill(Int32)
        /// The first worker serves.
        case announce(String)
        case say(String)
        /// All workers have ended.
        case finish
        /// Nothing helps.
        case giveUp(String)
    }

    private struct Worker {
        var pid: Int32
        var startedAt: Instant
        /// Whether it has taken a connection.
        var hasServed = false
    }

    private struct Place {
        var worker: Worker?
        /// Takes the worker's place as soon as it serves.
        var successor: Worker?
        /// When to start a worker where there is none.
        var startAt: Instant?
        /// Workers in a row that ended soon after their start.
        var quickEnds = 0
        /// Workers in a row that ended before they had taken a connection.
        var uselessEnds = 0
    }

    /// A renewal of all workers, one by one.
    private struct Renewal {
        var queue: [Int]
        /// The place whose new worker does not serve yet.
        var current: Int?
        /// Whether another renewal was asked for meanwhile.
        var isToBeRepeated = false
    }

    /// Workers that retire or end, and until when they may.
    private var leaving: [Int32: Instant] = [:]
    private var places: [Place]
    private var renewal: Renewal?
    private var isAnnounced = false
    private(set) var isStopping = false
    private var failure: String?

    private let givesUp: Bool
    private let drainTime: Duration

    /// Ends in a row, before a connection was taken, after which there is no point in going on.
    static let maximumUselessEnds = 5
    /// A worker that has run for this long did not end at once.
    private static let quick: Duration = .seconds(1)
    private static let longestDelay: Duration = .seconds(2)
    /// How much longer than the drain a worker may take to end.
    private static let patience: Duration = .seconds(10)

    /// - Parameters:
    ///   - workers: How many workers there are to be.
    ///   - givesUp: Whether to give up when workers end at once, again and again.
    ///   - drainTime: How long a worker's requests may go on when it is told to end.
    init(workers: Int, givesUp: Bool, drainTime: Duration) {
        places = Array(repeating: Place(), count: workers)
        self.givesUp = givesUp
        self.drainTime = drainTime
    }

    /// When to look at the clock again, by ``tick(_:)``.
    var nextTick: Instant? { (places.compactMap(\.startAt) + leaving.values).min() }

    // MARK: Events

    mutating func begin() -> [Action] {
        places.indices.map { .start(place: $0) }
    }

    mutating func started(_ pid: Int32, place: Int, now: Instant) -> [Action] {
        let worker = Worker(pid: pid, startedAt: now)
        if isStopping {
            leaving[pid] = now + drainTime + Self.patience
            return [.terminate(pid)]
        }
        places[place].startAt = nil
        if places[place].worker == nil {
            places[place].worker = worker
        } else {
            places[place].successor = worker
        }
        return []
    }

    /// The system could not start a worker.
    mutating func notStarted(place: Int, reason: String, now: Instant) -> [Action] {
        guard !isStopping else { return [] }
        if places[place].worker != nil {
            return failRenewal("No new worker can be started (\(reason)); the old ones go on", now)
        }
        return ended(place: place, Worker(pid: 0, startedAt: now), how: reason, now: now)
    }

    /// A worker takes connections.
    mutating func ready(_ pid: Int32, name: String, now: Instant) -> [Action] {
        guard let place = place(of: pid) else { return [] }
        var actions: [Action] = []
        if !isAnnounced {
            isAnnounced = true
            actions.append(.announce(name))
        }
        if places[place].successor?.pid == pid {
            if let old = places[place].worker {
                leaving[old.pid] = now + drainTime + Self.patience
                actions.append(.retire(old.pid))
            }
            places[place].worker = places[place].successor
            places[place].successor = nil
            places[place].quickEnds = 0
        }
        if renewal?.current == place { renewal?.current = nil }
        return actions + proceed(now)
    }

    /// A worker has taken its first connection.
    mutating func served(_ pid: Int32) {
        guard let place = place(of: pid) else { return }
        places[place].uselessEnds = 0
        if places[place].worker?.pid == pid {
            places[place].worker?.hasServed = true
        } else {
            places[place].successor?.hasServed = true
        }
    }

    /// A worker has ended.
    mutating func ended(_ pid: Int32, how: String, now: Instant) -> [Action] {
        if leaving.removeValue(forKey: pid) != nil { return finishIfDone() }
        guard let place = place(of: pid) else { return [] }
        if places[place].successor?.pid == pid {
            places[place].successor = nil
            return failRenewal("A new worker ended before it served (\(how)); the old ones go on", now)
        }
        guard let worker = places[place].worker else { return [] }
        // A successor that is not ready yet takes the place at once.
        places[place].worker = places[place].successor
        places[place].successor = nil
        if places[place].worker != nil { return [.say("Worker \(pid) ended: \(how)")] }
        return ended(place: place, worker, how: how, now: now)
    }

    /// Renew all workers, one by one.
    mutating func renew(_ now: Instant) -> [Action] {
        guard !isStopping else { return [] }
        guard renewal == nil else {
            renewal?.isToBeRepeated = true
            return []
        }
        // What waits for its turn need not wait any longer: there may be a new program.
        let waiting = places.indices.filter { places[$0].startAt != nil }
        for place in waiting { places[place] = Place() }
        renewal = Renewal(queue: places.indices.filter { places[$0].worker != nil })
        return waiting.map { .start(place: $0) } + proceed(now)
    }

    /// End all workers; a second time, at once.
    mutating func stop(_ now: Instant) -> [Action] {
        if isStopping {
            return leaving.keys.sorted().map { .kill($0) }
        }
        isStopping = true
        renewal = nil
        var actions: [Action] = []
        for place in places.indices {
            for worker in [places[place].worker, places[place].successor].compactMap({ $0 }) {
                leaving[worker.pid] = now + drainTime + Self.patience
            }
            places[place] = Place()
        }
        actions += leaving.keys.sorted().map { .terminate($0) }
        return actions + finishIfDone()
    }

    /// Time has passed.
    mutating func tick(_ now: Instant) -> [Action] {
        var actions: [Action] = []
        for place in places.indices where places[place].startAt.map({ $0 <= now }) == true {
            places[place].startAt = nil
            actions.append(.start(place: place))
        }
        for (pid, deadline) in leaving.sorted(by: { $0.key < $1.key }) where deadline <= now {
            leaving[pid] = now + Self.patience
            actions += [.say("Worker \(pid) does not end; it is killed"), .kill(pid)]
        }
        return actions
    }

    // MARK: Pieces

    private func place(of pid: Int32) -> Int? {
        places.firstIndex { $0.worker?.pid == pid || $0.successor?.pid == pid }
    }

    /// The worker of a place has ended, and there is none now.
    private mutating func ended(place: Int, _ worker: Worker, how: String, now: Instant) -> [Action] {
        let isQuick = now - worker.startedAt < Self.quick
        places[place].quickEnds = isQuick ? places[place].quickEnds + 1 : 0
        if !worker.hasServed { places[place].uselessEnds += 1 }
        if givesUp, places[place].uselessEnds >= Self.maximumUselessEnds {
            failure =
                "\(Self.maximumUselessEnds) workers in a row ended before they took a connection, "
                + "the last one with \(how)"
            return stop(now)
        }
        let text = "Worker \(worker.pid) ended: \(how); a new one is started"
        // At once, the first time; then after a while that doubles.
        guard places[place].quickEnds > 0 else { return [.say(text), .start(place: place)] }
        let delay = Duration.milliseconds(25) * (1 << min(places[place].quickEnds, 10))
        places[place].startAt = now + min(delay, Self.longestDelay)
        return [.say(text)]
    }

    private mutating func finishIfDone() -> [Action] {
        guard isStopping, leaving.isEmpty else { return [] }
        return [failure.map { .giveUp($0) } ?? .finish]
    }

    /// Goes on with a renewal.
    private mutating func proceed(_ now: Instant) -> [Action] {
        guard let renewal, renewal.current == nil else { return [] }
        guard let place = renewal.queue.first else { return endRenewal(now) }
        self.renewal?.queue.removeFirst()
        // One that has ended meanwhile is started anew anyway.
        guard places[place].worker != nil else { return proceed(now) }
        self.renewal?.current = place
        return [.start(place: place)]
    }

    private mutating func failRenewal(_ text: String, _ now: Instant) -> [Action] {
        [.say(text)] + endRenewal(now)
    }

    private mutating func endRenewal(_ now: Instant) -> [Action] {
        let isToBeRepeated = renewal?.isToBeRepeated == true
        renewal = nil
        return isToBeRepeated ? renew(now) : []
    }
}
