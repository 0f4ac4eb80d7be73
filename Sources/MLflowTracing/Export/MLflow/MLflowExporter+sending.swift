import NIOHTTP1
import Synchronization
import WebClient

extension MLflowExporter {
    /// A trace that is ready to be sent. An object, for it goes through many hands.
    final class Parcel: Sendable {
        /// The trace as it came.
        let trace: FinishedTrace
        let form: TraceForm
        let files: [Attachments.File]

        init(trace: FinishedTrace, form: TraceForm, files: [Attachments.File]) {
            self.trace = trace
            self.form = form
            self.files = files
        }
    }

    /// Sends traces: first all their spans, then what is said of each.
    ///
    /// - Parameter tries: How often a request is sent at most.
    func export(_ traces: [FinishedTrace], to target: Target, tries: Int) async -> Courier.Rest {
        let parcels = traces.map { parcel(of: $0) }
        let spans = await sendSpans(of: parcels, to: target, tries: tries)
        for (_, reason) in spans.refused { courier.giveUp(1, reason) }
        var rest = await sendInfos(of: spans.delivered, to: target, tries: tries)
        rest.suspects += spans.suspects.map(\.trace)
        rest.unsent += spans.unsent.map(\.trace)
        rest.trouble = rest.trouble ?? spans.trouble
        return rest
    }

    private func parcel(of trace: FinishedTrace) -> Parcel {
        var trace = trace
        trace.prepare()
        var reduced = trace
        var attachments = Attachments(of: trace.id, maximumSize: settings.maximumAttachment)
        // The files of a remote trace would be the business of its owner, who knows nothing of them.
        if settings.extractsAttachments, !trace.isRemote, !lacksFiles.load(ordering: .relaxed) {
            attachments.extract(from: &reduced)
        }
        return Parcel(trace: trace, form: TraceForm(reduced), files: attachments.files)
    }

    // MARK: Spans

    /// Bytes of a request beyond which a further one is made.
    private static let requestSize = 4 << 20

    private func sendSpans(of parcels: [Parcel], to target: Target, tries: Int) async -> BatchOutcome<Parcel> {
        if lacksSpans.load(ordering: .relaxed) { return BatchOutcome(delivered: parcels) }
        return await server.delivery.send(
            parcels.grouped(bytes: Self.requestSize) { $0.trace.weight }, tries: tries, onTrouble: courier.noteTrouble,
            isTaken: { status in
                // A store that keeps no spans.
                if status == 501 { lacksSpans.store(true, ordering: .relaxed) }
                return status == 501
            },
            request: { spansRequest($0, target) }
        )
    }

    private func spansRequest(_ parcels: [Parcel], _ target: Target) -> WebRequest {
        var batch = SpanBatch(resource: Self.resource)
        for parcel in parcels { parcel.form.write(to: &batch) }
        var headers: [(name: String, value: String)] = [("x-mlflow-experiment-id", target.experiment)]
        if let run = settings.runID { headers.append(("x-mlflow-run-id", run)) }
        var body = batch.encoded()
        if settings.compresses, let compressed = Gzip.compress(body) {
            body = compressed
            headers.append(("Content-Encoding", "gzip"))
        }
        return server.request(.POST, "/v1/traces", type: "application/x-protobuf", body: body, headers: headers)
    }

    /// What is said of this process; MLflow makes tags of anything else.
    private static let resource = [
        ("telemetry.sdk.language", "swift"), ("telemetry.sdk.name", "mlflow"), ("telemetry.sdk.version", "3.17.2"),
    ].map { (key: $0.0, value: $0.1) }
}
