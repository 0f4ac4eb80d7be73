package import AgentJSON

/// The form in which processes of one server tell each other what they have measured.
extension MetricsSnapshot {
    /// As JSON.
    package var json: JSONObject {
        JSONObject(families.map { (key: $0.key, value: .object($0.value.json)) })
    }

    /// What ``json`` says; `nil` where that is no snapshot.
    package init?(_ json: JSON) {
        guard let object = json.objectValue else { return nil }
        var families: [String: MetricFamily] = [:]
        for (name, value) in object {
            guard let family = MetricFamily(value) else { return nil }
            families[name] = family
        }
        self.init(families)
    }
}

extension MetricFamily {
    fileprivate var json: JSONObject {
        let series = JSONObject(self.series.map { (key: $0.key, value: $0.value.json) })
        var object: JSONObject = [
            "kind": .string(kind.rawValue), "merging": .string(merging.rawValue), "series": .object(series),
        ]
        if let help { object["help"] = .string(help) }
        if !bounds.isEmpty { object["bounds"] = .array(bounds.map { MetricValue.json($0) }) }
        return object
    }

    fileprivate init?(_ json: JSON) {
        guard let kind = json["kind"]?.stringValue.flatMap(Kind.init),
            let merging = json["merging"]?.stringValue.flatMap(Merging.init),
            let members = json["series"]?.objectValue
        else { return nil }
        let bounds = (json["bounds"]?.arrayValue ?? []).compactMap(MetricValue.double)
        var series: [String: MetricValue] = [:]
        for (labels, value) in members {
            guard let value = MetricValue(value) else { return nil }
            if case .distribution(let counts, _) = value, counts.count != bounds.count + 1 { return nil }
            series[labels] = value
        }
        self.init(kind, help: json["help"]?.stringValue, merging: merging, bounds: bounds, series: series)
    }
}

extension MetricValue {
    fileprivate var json: JSON {
        switch self {
        case .number(let number): Self.json(number)
        case .distribution(let counts, let sum): .array([Self.json(sum)] + counts.map { .number(JSONNumber($0)) })
        }
    }

    fileprivate init?(_ json: JSON) {
        if let elements = json.arrayValue {
            guard let sum = elements.first.flatMap(Self.double) else { return nil }
            let counts = elements.dropFirst().compactMap(\.intValue)
            guard counts.count == elements.count - 1 else { return nil }
            self = .distribution(counts: counts, sum: sum)
        } else {
            guard let number = Self.double(json) else { return nil }
            self = .number(number)
        }
    }

    /// A number; those that JSON has no numbers for are texts.
    fileprivate static func json(_ number: Double) -> JSON {
        JSONNumber(number).map { .number($0) } ?? .string(MetricsSnapshot.text(of: number))
    }

    fileprivate static func double(_ json: JSON) -> Double? {
        json.doubleValue ?? json.stringValue.flatMap(Double.init)
    }
}
