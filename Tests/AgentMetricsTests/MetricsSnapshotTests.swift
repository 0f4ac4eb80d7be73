import AgentJSON
import AgentMetrics
import CoreMetrics
import Testing

@Suite("Metrics of several processes")
struct MetricsSnapshotTests {
    private static func snapshot(_ calls: Int, seconds: [Double] = []) -> MetricsSnapshot {
        let registry = MetricsRegistry(["d": .init("D.", bounds: [1])])
        Counter(label: "calls", dimensions: [("route", "/")], factory: registry).increment(by: calls)
        Meter(label: "open", factory: registry).set(calls)
        for time in seconds { Timer(label: "d", factory: registry).recordSeconds(time) }
        return registry.snapshot
    }

    @Test("are added up, series by series")
    func sums() {
        var both = Self.snapshot(2, seconds: [0.5])
        both.merge(Self.snapshot(3, seconds: [0.5, 2]))
        #expect(both.families["calls"]?.series == [#"route="/""#: .number(5)])
        #expect(both.families["open"]?.series == ["": .number(5)])
        #expect(both.families["d"]?.series == ["": .distribution(counts: [2, 1], sum: 3)])
    }

    @Test("may say that the smallest or the largest counts")
    func extremes() {
        func snapshot(_ number: Double) -> MetricsSnapshot {
            var snapshot = MetricsSnapshot()
            snapshot.add("least", MetricFamily(.gauge, merging: .minimum), value: number)
            snapshot.add("most", MetricFamily(.gauge, merging: .maximum), value: number)
            return snapshot
        }
        var both = snapshot(2)
        both.merge(snapshot(1))
        #expect(both.text == "# TYPE least gauge\nleast 1\n# TYPE most gauge\nmost 2\n")
    }

    @Test(
        "are written whatever an author has measured",
        arguments: [
            (Double(Int.min), "-9.223372036854776e+18"), (Double(Int.max), "9.223372036854776e+18"), (-0.0, "0"),
            (9_007_199_254_740_991, "9007199254740991"), (-9_007_199_254_740_992, "-9007199254740992.0"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
            (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
            (.leastNonzeroMagnitude, "5e-324"),
        ])
    func odd(number: Double, text: String) throws {
        let registry = MetricsRegistry()
        Meter(label: "meter", factory: registry).set(number)
        FloatingPointCounter(label: "counter", factory: registry).increment(by: number)
        Recorder(label: "recorder", factory: registry).record(number)
        let snapshot = registry.snapshot
        #expect(snapshot.text.contains("\nmeter \(text)\n"))
        // As processes tell each other.
        let read = try #require(MetricsSnapshot(JSON(parsing: JSON.object(snapshot.json).encoded())))
        #expect(read.text == snapshot.text)
        var both = snapshot
        both.merge(read)
        #expect(both.text.contains("counter"))
    }

    @Test("that do not fit together are those of the first")
    func misfits() {
        var own = MetricsSnapshot(["a": MetricFamily(.counter, series: ["": .number(1)])])
        own.merge(MetricsSnapshot(["a": MetricFamily(.gauge, series: ["": .number(1)])]))
        #expect(own.text == "# TYPE a counter\na 1\n")
        var histogram = Self.snapshot(0, seconds: [1])
        let before = histogram
        let other = MetricsRegistry(["d": .init("D.", bounds: [1, 2])])
        Timer(label: "d", factory: other).recordSeconds(1)
        histogram.merge(other.snapshot)
        #expect(histogram == before)
    }

    @Test("stay within the bound of series")
    func bound() {
        var own = MetricsSnapshot(["a": MetricFamily(.counter, series: ["x": .number(1)])])
        own.merge(
            MetricsSnapshot(["a": MetricFamily(.counter, series: ["x": .number(1), "y": .number(1)])]), limit: 1
        )
        own.merge(MetricsSnapshot(["a": MetricFamily(.counter, series: ["z": .number(1)])]), limit: 1)
        #expect(own.families["a"]?.series == ["x": .number(2), #"overflow="true""#: .number(2)])
    }

    @Test("keep counters and histograms when a process has ended")
    func totals() {
        #expect(Self.snapshot(1, seconds: [1]).totals.families.keys.sorted() == ["calls", "d"])
    }

    @Test("are the same after the way from one to the other")
    func roundTrip() throws {
        var snapshot = Self.snapshot(2, seconds: [0.1, 30])
        snapshot.add(
            "odd", MetricFamily(.gauge, help: "Odd.", merging: .maximum), labels: [("a", "\"\n")], value: .infinity)
        let bytes = snapshot.json.encoded()
        #expect(MetricsSnapshot(try JSON(parsing: bytes)) == snapshot)
    }

    @Test(
        "in another form are refused",
        arguments: [
            "[]", #"{"a": {}}"#, #"{"a": {"kind": "counter", "merging": "sum", "series": {"": true}}}"#,
            #"{"a": {"kind": "histogram", "merging": "sum", "bounds": [1], "series": {"": [1, 2]}}}"#,
            #"{"a": {"kind": "histogram", "merging": "sum", "bounds": [1], "series": {"": [1, 2, 0.5]}}}"#,
        ])
    func wrongForm(text: String) throws {
        #expect(MetricsSnapshot(try JSON(parsing: Array(text.utf8))) == nil)
    }
}
