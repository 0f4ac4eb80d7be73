import AgentJSON
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import WebClient

extension MLflowExporter {
    /// Traces of a batch from which on several infos go into one message.
    private static let manyTraces = 50

    /// Tells the server of traces as a whole.
    func sendInfos(of parcels: [Parcel], to target: Target, tries: Int) async -> Courier.Rest {
        // A trace belongs to the process that its root is in.
        let own = parcels.filter { !$0.form.trace.isRemote && $0.form.trace.root != nil }
        let tally = Tally(taken: parcels.count - own.count)
        courier.counts.addSent(parcels.count - own.count)
        let size = own.count < Self.manyTraces ? 1 : own.count.dividedUp(by: settings.simultaneous)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(settings.simultaneous, own.count.dividedUp(by: size)) {
                group.addTask {
                    while case let start = tally.takeNumber() * size, start < own.count {
                        let message = own[start..<min(start + size, own.count)]
                        if tally.isOver {
                            tally.leave(message, nil)
                        } else {
                            await self.sendMessage(of: message, to: target, tries: tries, tally)
                        }
                    }
                }
            }
        }
        return tally.rest
    }

    /// What became of the infos of a batch.
    private final class Tally: Sendable {
        private let number = Atomic(0)
        private let state: Mutex<(taken: Int, rest: Courier.Rest)>

        init(taken: Int) {
            state = Mutex((taken, Courier.Rest(isProgress: taken > 0)))
        }

        /// Hands out numbers, each of them once.
        func takeNumber() -> Int { number.add(1, ordering: .relaxed).oldValue }

        /// How many the server has taken.
        var taken: Int { state.withLock { $0.taken } }
        var rest: Courier.Rest { state.withLock { $0.rest } }
        /// Whether nobody is there any more.
        var isOver: Bool { rest.trouble?.kind == .absence }

        func take() {
            state.withLock { state in
                state.taken += 1
                state.rest.isProgress = true
            }
        }

        func suspect(_ parcels: [Parcel]) {
            state.withLock { $0.rest.suspects += parcels.map(\.trace) }
        }

        func leave(_ parcels: some Sequence<Parcel>, _ trouble: Trouble?) {
            state.withLock { state in
                state.rest.unsent += parcels.map(\.trace)
                note(trouble, in: &state.rest)
            }
        }

        func note(_ trouble: Trouble) { state.withLock { note(trouble, in: &$0.rest) } }

        private func note(_ trouble: Trouble?, in rest: inout Courier.Rest) {
            // That nobody is there says more.
            if rest.trouble?.kind != .absence, let trouble { rest.trouble = trouble }
        }
    }

    private func sendMessage(of parcels: ArraySlice<Parcel>, to target: Target, tries: Int, _ tally: Tally) async {
        let requests = parcels.compactMap { parcel in
            parcel.form.info(experiment: target.experiment, metadata: target.metadata).map { info in
                server.request(.POST, "/api/3.0/mlflow/traces", type: "application/json", body: info.encoded())
            }
        }
        let takenBefore = tally.taken
        let outcomes = await server.delivery.send(requests, tries: tries, onTrouble: courier.noteTrouble)
        /// Those that the server failed at since it took any.
        var failing: [Parcel] = []
        for (parcel, outcome) in zip(parcels, outcomes) {
            switch outcome {
            case .delivered(let answer):
                tally.take()
                tally.suspect(failing)
                failing = []
                switch await sendFiles(of: parcel, answer, tries: tries) {
                case .kept: courier.counts.addSent(1)
                case .lost(let reason): courier.giveUp(1, reason)
                case .later(let trouble): tally.leave([parcel], trouble)
                }
            case .refused(let status, let text): courier.giveUp(1, "status \(status): \(text)")
            case .gaveUp(let trouble) where trouble.kind == .failure:
                tally.note(trouble)
                failing.append(parcel)
            case .gaveUp(let trouble): tally.leave([parcel], trouble)
            }
        }
        // Alone in its message, those of other messages show whether the server takes any meanwhile.
        if parcels.count == 1, tally.taken > takenBefore { tally.suspect(failing) } else { tally.leave(failing, nil) }
    }

    // MARK: Files

    /// What became of a trace's files.
    private enum Files {
        /// The trace is complete.
        case kept
        /// The trace cannot be read without them, and there is no place for them.
        case lost(String)
        /// The trace is to be sent again.
        case later(Trouble?)
    }

    /// Uploads what is kept beside the trace.
    private func sendFiles(of parcel: Parcel, _ answer: WebAnswer, tries: Int) async -> Files {
        let isWithoutSpans = lacksSpans.load(ordering: .relaxed)
        guard !parcel.files.isEmpty || isWithoutSpans else { return .kept }
        let info = (try? JSON(parsing: Array(answer.body.readableBytesView)))?["trace"]?["trace_info"]
        let location = info?["tags"]?["mlflow.artifactLocation"]?.stringValue
        guard let path = location.flatMap(ArtifactPath.path) else {
            guard !isWithoutSpans else { return .lost("the tracking server takes neither spans nor files") }
            if !lacksFiles.exchange(true, ordering: .relaxed) {
                courier.note("files", "Attachments stay in their traces", "the tracking server takes no files")
            }
            // Without references to what is nowhere.
            return .later(nil)
        }
        for file in parcel.files {
            let request = server.request(
                .PUT, "\(path)/attachments/\(file.id)", type: "application/octet-stream", body: file.bytes
            )
            switch await server.delivery.send(request, tries: tries, onTrouble: courier.noteTrouble) {
            case .delivered: break
            case .refused(let status, let text): noteLostFile("status \(status): \(text)")
            case .gaveUp(let trouble):
                // A status may be meant for ever: `503` says also that files are not taken.
                guard trouble.isUnreachable else {
                    noteLostFile(trouble.reason)
                    continue
                }
                return .later(trouble)
            }
        }
        guard isWithoutSpans else { return .kept }
        let spans = StoredSpans.json(parcel.form).encoded()
        let request = server.request(.PUT, path + "/traces.json", type: "text/plain", body: spans)
        switch await server.delivery.send(request, tries: tries, onTrouble: courier.noteTrouble) {
        case .delivered: return .kept
        case .refused(let status, let text): return .lost("status \(status): \(text)")
        case .gaveUp(let trouble): return .later(trouble)
        }
    }

    private func noteLostFile(_ reason: String) {
        courier.note("file", "An attachment was not exported", reason)
    }
}

extension Int {
    /// Divided, rounded up.
    fileprivate func dividedUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
