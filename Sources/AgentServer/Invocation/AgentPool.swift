import DequeModule
import NIOCore
import SystemThreads

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The threads on which agents run, apart from the event loops of the connections.
///
/// As many threads as cores, while agents behave. When work waits and nothing has been taken up for some milliseconds,
/// every thread is stuck in somebody's blocking call: then the pool adds one, up to its maximum. Added threads end
/// after a while without work. So an agent that blocks holds up itself and nobody else.
///
/// A pool of its own, because Swift's global one never grows: as many blocking calls as cores would stop the process.
package final class AgentPool: TaskExecutor, Sendable {
    // Safe to share: the pointers never change, and the lock and the conditions that they point to, which are made for
    // several threads, live as long as this.
    private nonisolated(unsafe) let lock: UnsafeMutablePointer<pthread_mutex_t>
    private nonisolated(unsafe) let work: UnsafeMutablePointer<pthread_cond_t>
    private nonisolated(unsafe) let watch: UnsafeMutablePointer<pthread_cond_t>
    // Safe to share: touched only with `lock` held.
    private nonisolated(unsafe) var state = State()

    private let coreThreads: Int
    private let maximumThreads: Int
    /// How long work may wait without any progress before a thread is added.
    private let patience: Nanoseconds
    /// How long an added thread stays without work.
    private let idleTime: Nanoseconds

    private typealias Nanoseconds = Int

    private struct State {
        var jobs = Deque<UnownedJob>()
        var threads = 0
        /// Threads that sleep, those among them that are being woken included.
        var idle = 0
        /// Threads that are being woken, each to take a job.
        var woken = 0
        /// Threads that are about to look for a job once more.
        var looking = 0
        var taken: UInt64 = 0
        var isWatched = false
        var hasWatcher = false
    }

    /// - Parameters:
    ///   - coreThreads: How many threads there are while none is stuck.
    ///   - maximumThreads: How many there may be; beyond, work waits.
    ///   - patience: How long work may wait without any progress before a thread is added.
    package init(coreThreads: Int, maximumThreads: Int = 512, patience: Duration = .milliseconds(5)) {
        self.coreThreads = max(1, coreThreads)
        self.maximumThreads = max(self.coreThreads, maximumThreads)
        self.patience = Int(patience.milliseconds) * 1_000_000
        self.idleTime = 10_000_000_000
        lock = .allocate(capacity: 1)
        work = .allocate(capacity: 1)
        watch = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        work.initialize(to: pthread_cond_t())
        watch.initialize(to: pthread_cond_t())
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        defer { pthread_condattr_destroy(&attributes) }
        #if !canImport(Darwin)
        // A clock that nobody sets: a step back of the other one would keep the pool from growing.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        #endif
        pthread_cond_init(work, &attributes)
        pthread_cond_init(watch, &attributes)
    }

    // No deinit: the threads keep the pool for the life of the process.

    /// One pool for the process, so that servers in one process (tests) do not each bring their own threads.
    package static let shared = AgentPool(coreThreads: System.coreCount)

    /// How many threads there are now.
    package var threadCount: Int { withState { $0.threads } }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pthread_mutex_lock(lock)
        state.jobs.append(job)
        unlockAndWake(callThread())
    }

    /// Sees to it that somebody comes for the jobs that wait. With the lock held.
    ///
    /// - Returns: Whether a thread is to be woken, once the lock is free.
    private func callThread() -> Bool {
        guard state.jobs.count > state.looking + state.woken else { return false }
        if state.idle > state.woken {
            state.woken += 1
            return true
        }
        if state.threads < coreThreads { addThread() } else { watchQueue() }
        return false
    }

    /// Gives the lock back. Waking comes after that: a thread woken before would begin by waiting for the lock.
    private func unlockAndWake(_ wakes: Bool) {
        pthread_mutex_unlock(lock)
        if wakes { pthread_cond_signal(work) }
    }

    /// Has the watcher look after work that waits. With the lock held.
    private func watchQueue() {
        guard !state.isWatched, state.threads < maximumThreads else { return }
        state.isWatched = true
        if state.hasWatcher {
            pthread_cond_signal(watch)
        } else {
            // Where no thread can be had now, the next job asks again.
            state.hasWatcher = DetachedThread.start { [self] in runWatcher() }
            state.isWatched = state.hasWatcher
        }
    }

    private func withState<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body(&state)
    }

    // MARK: Threads

    /// Adds a worker. With the lock held.
    private func addThread() {
        state.threads += 1
        if !DetachedThread.start({ [self] in runWorker() }) { state.threads -= 1 }
    }

    private func runWorker() {
        var looks = Looks()
        pthread_mutex_lock(lock)
        while true {
            if let job = state.jobs.popFirst() {
                state.taken &+= 1
                // Should this one block, the others must not wait.
                unlockAndWake(callThread())
                job.runSynchronously(on: asUnownedTaskExecutor())
                pthread_mutex_lock(lock)
                looks.begin()
                continue
            }
            if looks.next() {
                state.looking += 1
                pthread_mutex_unlock(lock)
                sched_yield()
                pthread_mutex_lock(lock)
                state.looking -= 1
                looks.note(success: !state.jobs.isEmpty)
                continue
            }
            state.idle += 1
            let isTimeout = state.threads > coreThreads ? wait(work, for: idleTime) : waitForever(work)
            state.idle -= 1
            if state.woken > 0 { state.woken -= 1 }
            if isTimeout, state.jobs.isEmpty, state.threads > coreThreads {
                state.threads -= 1
                pthread_mutex_unlock(lock)
                return
            }
        }
    }

    /// How often a thread looks for a job once more before it falls asleep, giving way to the event loops in between.
    ///
    /// What those are about to hand over then needs no waking, and comes in batches: 0.3 context switches a request instead of
    /// 3.2, for the synchronous echo of `make bench` on one core. With little to do it is in vain, and then left out.
    private struct Looks {
        private var left = 2
        private var credit = 8
        private var sleeps = 0

        /// A job is done.
        mutating func begin() { left = 2 }

        /// Whether to look once more.
        mutating func next() -> Bool {
            guard left > 0, credit > 0 else {
                // Every now and then it is tried again.
                sleeps = (sleeps + 1) % 64
                if sleeps == 0 { credit = max(credit, 1) }
                return false
            }
            left -= 1
            return true
        }

        mutating func note(success: Bool) {
            if success {
                credit = min(credit + 2, 8)
            } else if left == 0 {
                credit -= 1
            }
        }
    }

    /// Adds a thread whenever work has waited for `patience` and nothing was taken up meanwhile.
    private func runWatcher() {
        pthread_mutex_lock(lock)
        while true {
            while !state.isWatched { pthread_cond_wait(watch, lock) }
            let taken = state.taken
            _ = wait(watch, for: patience)
            if state.jobs.isEmpty || state.threads >= maximumThreads {
                state.isWatched = false
            } else if state.taken == taken, state.idle == 0 {
                addThread()
            }
        }
    }

    /// Waits for a condition, with the lock held. Never is there a timeout.
    private func waitForever(_ condition: UnsafeMutablePointer<pthread_cond_t>) -> Bool {
        pthread_cond_wait(condition, lock)
        return false
    }

    /// Waits for a condition, with the lock held. Whether the time ran out.
    private func wait(_ condition: UnsafeMutablePointer<pthread_cond_t>, for time: Nanoseconds) -> Bool {
        var now = timespec()
        #if canImport(Darwin)
        clock_gettime(CLOCK_REALTIME, &now)
        #else
        clock_gettime(CLOCK_MONOTONIC, &now)
        #endif
        let nanoseconds = now.tv_nsec + time
        var deadline = timespec(
            tv_sec: now.tv_sec + nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000
        )
        return pthread_cond_timedwait(condition, lock, &deadline) == ETIMEDOUT
    }
}
