import AgentMetrics
import CoreMetrics
package import HTTPTypes
import Synchronization

/// What is measured of the requests of one route.
///
/// A request costs two additions to numbers in memory and two looks at the clock, a quarter of a microsecond in all:
/// counters are made when a method and a status come together for the first time, and found by their number from then on.
package final class RouteMetrics: Sendable {
    private let label: String
    private let factory: any MetricsFactory
    /// Made with the first request: most routes are never asked, and a histogram is many lines.
    private let durations = AtomicLazyReference<Timer>()
    private let counters = LazyCounters((methods.count + 1) * statuses.count)

    init(_ label: String, factory: any MetricsFactory) {
        self.label = label
        self.factory = factory
    }

    /// Counts a request that was answered, and its time.
    ///
    /// - Parameters:
    ///   - method: Its method; `nil` where it could not be read.
    ///   - status: What it was answered with.
    ///   - start: When it began; `nil` where that is not known.
    package func count(_ method: HTTPRequest.Method?, _ status: Int, since start: ContinuousClock.Instant?) {
        // What is not told apart is 0.
        let method = method.flatMap { Self.methods.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
        let status = Self.places[min(max(status, 0), 599)]
        counters.increment(method * Self.statuses.count + status) {
            let dimensions = [
                ("route", label), ("method", method == 0 ? "other" : Self.methods[method - 1].rawValue),
                ("status", status == 0 ? "other" : "\(Self.statuses[status])"),
            ]
            return Counter(label: ServerMetric.requests.rawValue, dimensions: dimensions, factory: factory)
        }
        guard let start else { return }
        let timer = durations.load() ?? durations.storeIfNil(makeTimer())
        timer.record(start.duration(to: .now))
    }

    private func makeTimer() -> Timer {
        Timer(label: ServerMetric.requestSeconds.rawValue, dimensions: [("route", label)], factory: factory)
    }

    /// The methods that are told apart. All others are one, so that no client can make up more.
    private static let methods: [HTTPRequest.Method] = [.post, .get, .delete, .options, .head, .put, .patch]

    /// The statuses that are told apart; 0 stands for others, which a chat app may have.
    private static let statuses = [
        0, 101, 200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410,
        411, 412, 413, 414, 415, 416, 417, 422, 426, 429, 431, 499, 500, 501, 502, 503, 504,
    ]

    /// The place of each status in that list.
    private static let places: [Int] = (0..<600).map { statuses.firstIndex(of: $0) ?? 0 }
}

/// Counters that are made when they are needed first, and found by their number without a lock.
private final class LazyCounters: Sendable {
    // Safe to share: the pointer never changes, what it points to is atomic, and it lives as long as this.
    private nonisolated(unsafe) let places: UnsafeMutableBufferPointer<AtomicLazyReference<Counter>>

    init(_ count: Int) {
        places = .allocate(capacity: count)
        for index in 0..<count { places.initializeElement(at: index, to: AtomicLazyReference()) }
    }

    deinit {
        places.deinitialize()
        places.deallocate()
    }

    func increment(_ index: Int, make: () -> Counter) {
        let counter = places[index].load() ?? places[index].storeIfNil(make())
        counter.increment()
    }
}
