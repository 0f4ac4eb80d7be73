package import MLflowTracing

extension Invoker {
    /// How calls are traced.
    package struct Tracing: Sendable {
        /// Where traces go; `nil` where there are none.
        package var sink: (any TraceSink)?
        /// The share of calls that are traced, from 0 to 1.
        package var ratio = 1.0
        /// Whether a call goes on with the trace that its `traceparent` names.
        package var continuesCallers = false
        /// Whether traces have inputs and outputs.
        package var recordsContent = true

        package init(
            sink: (any TraceSink)? = nil, ratio: Double = 1, continuesCallers: Bool = false, recordsContent: Bool = true
        ) {
            self.sink = sink
            self.ratio = ratio
            self.continuesCallers = continuesCallers
            self.recordsContent = recordsContent
        }

        /// The same, with traces that are kept by the server itself.
        func keeping(_ traces: KeptTraces?) -> Tracing {
            var tracing = self
            tracing.sink = TraceSinks.joining([traces as (any TraceSink)?, sink].compactMap { $0 })
            return tracing
        }

        /// The trace of a new call.
        func begin(_ headers: RequestHeaders, principal: String) -> Trace {
            let caller = continuesCallers ? headers.fields.first(of: .traceParent).flatMap(TraceParent.init) : nil
            let id = caller?.trace ?? .random()
            return Trace(
                id: id, sink: sink, isLeftOut: !id.isSampled(ratio: ratio), recordsContent: recordsContent,
                principal: principal, caller: caller
            )
        }
    }
}

extension Trace {
    /// Ends with a call, and tells what the client does not learn of an error too.
    ///
    /// - Parameters:
    ///   - report: What came of the call.
    ///   - cause: What it failed with inside.
    func end(_ report: CallReport, cause: (any Error)?) {
        guard isRecording else { return }
        // Nobody's fault, and nobody's answer; as in MLflow.
        if case .stopped(.clientGone) = report.end { return end(.stopped) }
        let known = report.failure.map { SpanFailure($0) }
        if let failure = cause.map({ SpanFailure($0) }) ?? known {
            // What the client was told is no secret in its own traces either.
            let isKnown = failure.status == known?.status
            end(.failed(failure, publicStatus: isKnown ? failure.status : known?.message))
        } else {
            end(.finished(outputs: report.tracedOutputs, format: report.messageFormat), size: report.size)
        }
    }
}
