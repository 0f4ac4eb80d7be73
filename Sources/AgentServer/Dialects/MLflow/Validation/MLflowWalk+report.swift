import AgentJSON

extension MLflowValidation.Walk {
    /// What is wrong with `value`, which is known not to be good by `model`.
    static func explanation(
        why value: JSON,
        isNot model: MLflowValidation.Model,
        building: Bool
    ) -> String {
        var walk = MLflowValidation.Walk()
        walk.isReporting = true
        var copy = value
        _ = walk.accept(&copy, as: model, building: building)
        return walk.abort ?? walk.report.text(for: model)
    }

    /// Goes down to a part of the value.
    mutating func enter(_ step: @autoclosure () -> MLflowValidation.Report.Step) {
        if isReporting { report.enter(step()) }
    }

    /// Goes back up.
    mutating func leave() {
        if isReporting { report.leave() }
    }

    /// Refuses the value the walk is at. Always false.
    mutating func refuse(_ fault: MLflowValidation.Fault) -> Bool {
        if isReporting { report.note(fault) }
        return false
    }

    /// Refuses a member of the value the walk is at. Always false.
    mutating func refuse(
        _ fault: MLflowValidation.Fault,
        at step: @autoclosure () -> MLflowValidation.Report.Step
    ) -> Bool {
        guard isReporting else { return false }
        report.enter(step())
        report.note(fault)
        report.leave()
        return false
    }

    /// Refuses the value for a broken rule. The complaint is written only if somebody wants it. Always false.
    mutating func refuse(_ complaint: () -> String) -> Bool {
        if isReporting { report.note(.rule(complaint())) }
        return false
    }

    /// Ends the walk. Always false.
    mutating func fail(_ message: String) -> Bool {
        abort = message
        return false
    }

    /// Whether a value that one model accepts is good by another as well.
    mutating func accept(_ value: JSON, also model: MLflowValidation.Model) -> Bool {
        var copy = value
        return accept(&copy, as: model, building: false)
    }

    /// What `body` says when no faults are noted.
    mutating func quietly(_ body: (inout Self) -> Bool) -> Bool {
        let wasReporting = isReporting
        isReporting = false
        defer { isReporting = wasReporting }
        return body(&self)
    }
}
