import CoreMetrics
import Synchronization

/// Where the value of one series is kept. Written without locks, by as many threads as like.
protocol MetricCell: AnyObject, Sendable {
    /// The series that it belongs to; `nil` where it is shown nowhere.
    var key: SeriesKey? { get }
    var value: MetricValue { get }
}

/// A series: the name of its family, and its labels.
struct SeriesKey: Sendable, Hashable {
    var name: String
    var labels: String
}

/// A counter, of whole numbers and of others.
final class CounterCell: MetricCell, CounterHandler, FloatingPointCounterHandler {
    let key: SeriesKey?
    private let whole = Atomic<Int64>(0)
    private let fraction = AtomicDouble()

    init(_ key: SeriesKey?) {
        self.key = key
    }

    var value: MetricValue { .number(Double(whole.load(ordering: .relaxed)) + fraction.value) }

    func increment(by amount: Int64) {
        // A counter that went down would pass for one that began anew.
        if amount > 0 { whole.wrappingAdd(amount, ordering: .relaxed) }
    }

    func increment(by amount: Double) {
        if amount > 0, amount.isFinite { fraction.add(amount) }
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fraction.set(0)
    }
}

/// A value that goes up and down: a meter, and a recorder that keeps its last value.
final class GaugeCell: MetricCell, MeterHandler, RecorderHandler {
    let key: SeriesKey?
    private let number = AtomicDouble()

    init(_ key: SeriesKey?) {
        self.key = key
    }

    var value: MetricValue { .number(number.value) }

    func set(_ value: Int64) { number.set(Double(value)) }
    func set(_ value: Double) { number.set(value) }
    func increment(by amount: Double) { number.add(amount) }
    func decrement(by amount: Double) { number.add(-amount) }
    func record(_ value: Int64) { number.set(Double(value)) }
    func record(_ value: Double) { number.set(value) }
}

/// How values are distributed: a timer in seconds, or a recorder.
final class HistogramCell: MetricCell, TimerHandler, RecorderHandler {
    let key: SeriesKey?
    private let bounds: [Double]
    private let counts: AtomicCounts
    private let sum = AtomicDouble()

    init(_ key: SeriesKey?, bounds: [Double]) {
        self.key = key
        self.bounds = bounds
        counts = AtomicCounts(bounds.count + 1)
    }

    var value: MetricValue { .distribution(counts: counts.values, sum: sum.value) }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        // A dozen comparisons; most values are found before the end.
        counts.add(bounds.firstIndex { value <= $0 } ?? bounds.count)
        sum.add(value)
    }
}

/// A double that several threads write.
struct AtomicDouble: ~Copyable, Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (isDone, current) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if isDone { return }
            old = current
        }
    }
}

/// Numbers that several threads add to, in one piece of memory.
final class AtomicCounts: Sendable {
    // Safe to share: the pointer never changes, what it points to is atomic, and it lives as long as this.
    private nonisolated(unsafe) let cells: UnsafeMutableBufferPointer<Atomic<Int>>

    init(_ count: Int) {
        cells = .allocate(capacity: count)
        for index in 0..<count { cells.initializeElement(at: index, to: Atomic(0)) }
    }

    deinit {
        cells.deinitialize()
        cells.deallocate()
    }

    var values: [Int] { cells.indices.map { cells[$0].load(ordering: .relaxed) } }

    func add(_ index: Int) { cells[index].wrappingAdd(1, ordering: .relaxed) }
}
