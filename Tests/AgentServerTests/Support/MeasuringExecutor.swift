import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs tasks one after the other, as an event loop does, and knows for how long the longest of them held it up.
final class MeasuringExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "measuring")
    private let state = Mutex(UInt64(0))

    /// Nanoseconds of processor time, so that a busy machine changes nothing.
    var longest: UInt64 {
        get async {
            // What a task ends with has told of its end before it is measured.
            await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
            return state.withLock { $0 }
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in
            let time = processorTime { job.runSynchronously(on: asUnownedTaskExecutor()) }
            state.withLock { $0 = max($0, time) }
        }
    }
}

/// The processor time that something takes on this thread, in nanoseconds.
func processorTime(_ body: () -> Void) -> UInt64 {
    func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
    let start = now()
    body()
    return now() - start
}
