import JWTKit
import Logging
import NIOSSL
import Synchronization
import WebClient

/// The keys by which tokens are checked, and their renewal, which `run()` looks after.
///
/// Requests read the keys that are there. One that names another key waits for a fetch, unless there was one lately.
final class KeyStore: Sendable {
    private struct State {
        var keys: VerificationKeys?
        var refresh = KeyRefresh()
        /// Whether `run()` runs, or is going to.
        var isRun = false
        /// Requests that wait for the end of a fetch; a ticket each, so that one can leave.
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var tickets: UInt64 = 0
    }

    private let source: KeySource
    private let trust: NIOSSLTrustRoots
    private let logger: Logger
    private let state = Mutex(State())
    private let wishes: AsyncStream<Void>
    private let wish: AsyncStream<Void>.Continuation

    /// How often it is looked whether keys are too old.
    private static let lookInterval = Duration.seconds(15)

    init(_ source: KeySource, trust: NIOSSLTrustRoots = .default, logger: Logger) {
        self.source = source
        self.trust = trust
        self.logger = logger
        (wishes, wish) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: For requests

    /// What checks a signature that a key has made; nothing where the key is unknown.
    func verifiers(for id: String?, _ algorithm: SignatureAlgorithm) async -> [any JWTAlgorithm] {
        let (answer, isRun): (KeyRefresh.Answer?, Bool) = state.withLock { state in
            if let keys = state.keys, id.map({ keys.contains($0) }) ?? true { return (nil, state.isRun) }
            return (state.refresh.missed(waiting: state.waiting.count, now: .now), state.isRun)
        }
        switch answer {
        case nil: break
        case .refuse: return []
        case .wait: await waitForFetch()
        case .fetch where isRun:
            wish.yield()
            await waitForFetch()
        // In a test of an agent nothing runs beside its requests.
        case .fetch: await fetch()
        }
        return state.withLock { $0.keys?.verifiers(for: id, algorithm) ?? [] }
    }

    /// Waits until the fetch has ended that is under way, or the task is cancelled. It takes ``KeySource/timeout`` at most.
    private func waitForFetch() async {
        let ticket = state.withLock { state in
            state.tickets += 1
            return state.tickets
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard state.refresh.isUnderWay, !Task.isCancelled else { return false }
                    state.waiting[ticket] = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
        }
    }

    // MARK: Life

    /// To be called before `run()`. Reads the keys of a file, so that a server does not start with one that cannot be
    /// used. Those of a URL are fetched when the server runs: it does not wait for others.
    func prepare() async throws(ServerError) {
        state.withLock { $0.isRun = true }
        guard case .file(let path) = source else { return }
        do {
            let keys = try await source.load()
            state.withLock { state in
                state.keys = keys
                state.refresh.ended(failed: false, now: .now)
            }
        } catch {
            throw ServerError(message: "The file \(path) that jwt-jwks names cannot be used: \(error.reason)")
        }
    }

    /// Fetches keys: now, where there are none, and then whenever they are old, or a request names one that is missing.
    /// Ends when the task is cancelled.
    func run() async {
        let isEmpty = state.withLock { state in
            state.isRun = true
            // A request may have come first, and its wish waits.
            guard state.keys == nil, !state.refresh.isUnderWay else { return false }
            state.refresh.began()
            return true
        }
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                while (try? await Task.sleep(for: Self.lookInterval)) != nil {
                    if state.withLock({ $0.refresh.passed(now: .now) }) { wish.yield() }
                }
            }
            if isEmpty { await fetch() }
            for await _ in wishes { await fetch() }
            group.cancelAll()
        }
        state.withLock { $0.isRun = false }
        // Whoever has asked in the last moment.
        end(with: nil)
    }

    private func fetch() async {
        do {
            let keys = try await source.load(trust: trust)
            logger.debug("Fetched the keys of tokens", metadata: ["keys": "\(keys.count)"])
            end(with: keys)
        } catch {
            if !Task.isCancelled {
                logger.warning(
                    "The keys of tokens could not be fetched; those that are there stay",
                    metadata: ["from": "\(source.logged)", "error": "\(error.reason)"]
                )
            }
            end(with: nil)
        }
    }

    /// Notes the end of a fetch, and lets go of those that wait for it: at once with its keys, or a request could use them and
    /// the next one still wait for the same fetch.
    private func end(with keys: VerificationKeys?) {
        let waiting = state.withLock { state in
            if let keys { state.keys = keys }
            state.refresh.ended(failed: keys == nil, now: .now)
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }
}

extension KeySource {
    /// The place, as the log may show it.
    fileprivate var logged: String {
        switch self {
        case .file(let path): path
        case .web(let address): address.logged
        case .unusable: "-"
        }
    }
}
