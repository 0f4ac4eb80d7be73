import AgentMetrics
import CoreMetrics
import Testing

@Suite("What is measured through swift-metrics")
struct MetricsRegistryTests {
    @Test("is shown in Prometheus's text format, with its help and its type, sorted")
    func text() {
        let registry = MetricsRegistry(["requests_total": .init("Requests, by \\ and\nline")])
        Counter(label: "requests_total", dimensions: [("status", "200"), ("method", "GET")], factory: registry)
            .increment(by: 3)
        Counter(label: "requests_total", dimensions: [("method", "GET"), ("status", "200")], factory: registry)
            .increment()
        FloatingPointCounter(label: "cost.dollars", factory: registry).increment(by: 0.25)
        Meter(label: "load", factory: registry).set(-1.5)
        Gauge(label: "temperature", factory: registry).record(21)
        #expect(
            registry.snapshot.text == """
                # TYPE cost_dollars counter
                cost_dollars 0.25
                # TYPE load gauge
                load -1.5
                # HELP requests_total Requests, by \\\\ and\\nline
                # TYPE requests_total counter
                requests_total{method="GET",status="200"} 4
                # TYPE temperature gauge
                temperature 21

                """
        )
    }

    @Test("as times is a histogram of seconds, whose buckets count what is in the lower ones")
    func timer() {
        let registry = MetricsRegistry(["d": .init("D.", bounds: [0.1, 1])])
        let timer = Timer(label: "d", dimensions: [("route", "/")], factory: registry)
        for milliseconds in [50, 100, 500, 2000] { timer.recordMilliseconds(milliseconds) }
        #expect(
            registry.snapshot.text == """
                # HELP d D.
                # TYPE d histogram
                d_bucket{route="/",le="0.1"} 2
                d_bucket{route="/",le="1"} 3
                d_bucket{route="/",le="+Inf"} 4
                d_sum{route="/"} 2.65
                d_count{route="/"} 4

                """
        )
    }

    @Test("by a recorder is a histogram, unless it keeps the last value only")
    func recorder() {
        let registry = MetricsRegistry()
        Recorder(label: "size", factory: registry).record(7)
        Recorder(label: "last", aggregate: false, factory: registry).record(7)
        let text = registry.snapshot.text
        #expect(text.contains("size_bucket{le=\"5\"} 0\nsize_bucket{le=\"10\"} 1\n"))
        #expect(text.contains("size_sum 7\nsize_count 1\n"))
        #expect(text.contains("# TYPE last gauge\nlast 7\n"))
    }

    @Test(
        "has names and labels that Prometheus allows",
        arguments: [
            ("a.b-c", "x.y", "v", #"a_b_c{x_y="v"} 1"#),
            ("9lives", "9", "v", #"_9lives{_9="v"} 1"#),
            ("a:b", "a:b", "v", #"a:b{a_b="v"} 1"#),
            ("é", "", "v", #"_{_="v"} 1"#),
            ("a", "le", "v", #"a{label_le="v"} 1"#),
            ("a", "__name__", "v", #"a{label___name__="v"} 1"#),
            ("a", "b", "\"\\\n", #"a{b="\"\\\n"} 1"#),
            ("a", "b", "ä\0\r", "a{b=\"ä\u{FFFD}\u{FFFD}\"} 1"),
            ("a", "b", String(repeating: "x", count: 500), #"a{b="\#(String(repeating: "x", count: 128))"} 1"#),
        ])
    func names(name: String, label: String, value: String, line: String) {
        let registry = MetricsRegistry()
        Counter(label: name, dimensions: [(label, value)], factory: registry).increment()
        #expect(registry.snapshot.text.split(separator: "\n").last.map(String.init) == line)
    }

    @Test("has numbers that Prometheus reads")
    func numbers() {
        let registry = MetricsRegistry()
        for (name, number) in [("a", Double.infinity), ("b", -.infinity), ("c", .nan), ("d", 1e300), ("e", 1e-9)] {
            Meter(label: name, factory: registry).set(number as Double)
        }
        let lines = registry.snapshot.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines == ["a +Inf", "b -Inf", "c NaN", "d 1e+300", "e 1e-09"])
    }

    @Test("under one name has one kind; what is of another kind, or would show the same sample twice, is not shown")
    func kinds() {
        let registry = MetricsRegistry()
        Counter(label: "a", factory: registry).increment()
        Meter(label: "a", factory: registry).set(5)
        Timer(label: "t", factory: registry).recordSeconds(1)
        Counter(label: "t_count", factory: registry).increment()
        Recorder(label: "t", factory: registry).record(1)
        #expect(registry.snapshot.families.keys.sorted() == ["a", "t"])
        #expect(registry.snapshot.families["a"] == MetricFamily(.counter, series: ["": .number(1)]))
        #expect(registry.snapshot.text.contains("t_count 1\n"))
    }

    @Test("never goes down as a counter, but for a reset")
    func counters() {
        let registry = MetricsRegistry()
        let counter = Counter(label: "a", factory: registry)
        counter.increment(by: 2)
        counter.increment(by: -1)
        FloatingPointCounter(label: "a", factory: registry).increment(by: Double.infinity)
        FloatingPointCounter(label: "a", factory: registry).increment(by: 0.5)
        #expect(registry.snapshot.text.hasSuffix("a 2.5\n"))
        counter.reset()
        #expect(registry.snapshot.text.hasSuffix("a 0\n"))
    }

    @Test("has a bounded number of series, beyond which values go to one of their name")
    func bounds() {
        var limits = MetricsRegistry.Limits()
        limits.familySeries = 3
        limits.series = 4
        limits.families = 3
        let registry = MetricsRegistry(limits: limits)
        for user in 0..<10 {
            Counter(label: "calls", dimensions: [("user", "\(user)")], factory: registry).increment()
        }
        for user in 0..<2 { Counter(label: "more", dimensions: [("user", "\(user)")], factory: registry).increment() }
        for name in ["third", "fourth"] { Counter(label: name, factory: registry).increment() }
        #expect(
            registry.snapshot.text == """
                # TYPE calls counter
                calls{overflow="true"} 7
                calls{user="0"} 1
                calls{user="1"} 1
                calls{user="2"} 1
                # TYPE more counter
                more{overflow="true"} 1
                more{user="0"} 1
                # TYPE third counter
                third{overflow="true"} 1

                """
        )
    }

    @Test("is forgotten when it is destroyed, and leaves its place to others")
    func destroyed() {
        var limits = MetricsRegistry.Limits()
        limits.series = 1
        let registry = MetricsRegistry(limits: limits)
        let first = Counter(label: "a", dimensions: [("n", "1")], factory: registry)
        first.increment()
        first.destroy()
        first.destroy()
        Counter(label: "a", dimensions: [("n", "2")], factory: registry).increment()
        #expect(registry.snapshot.text == "# TYPE a counter\na{n=\"2\"} 1\n")
    }

    @Test("loses nothing when many threads count at once")
    func threads() async {
        let registry = MetricsRegistry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let timer = Timer(label: "t", factory: registry)
                    let counter = FloatingPointCounter(label: "c", factory: registry)
                    for _ in 0..<10_000 {
                        timer.recordNanoseconds(Int64(500_000_000))
                        counter.increment(by: 0.5)
                    }
                }
            }
        }
        let text = registry.snapshot.text
        #expect(text.contains("t_sum 40000\nt_count 80000\n"))
        #expect(text.contains("c 40000\n"))
    }
}
