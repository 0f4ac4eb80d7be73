package import AgentRuns

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension RunTime {
    /// The time of day, as the system tells it.
    package static var now: RunTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return RunTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
