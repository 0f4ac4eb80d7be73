import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Notices that something in a source tree may have changed.
///
/// By inotify on Linux; elsewhere, and where the system gives no watch (too many, or a file system of another machine), it
/// says so every second. What has changed is the tree's to tell.
final class SourceWatcher: Sendable {
    private let descriptor: Int32
    /// Whether all folders are watched.
    private let sendsNotices = Atomic(false)

    /// How often the system's queue of notices is looked at, which costs next to nothing.
    private static let interval: Duration = .milliseconds(100)
    /// How often a whole tree is looked at where there are no notices.
    private static let longInterval: Duration = .seconds(1)

    /// - Parameter polls: Never uses inotify.
    init(polls: Bool) {
        #if os(Linux)
        descriptor = polls ? -1 : inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        #else
        descriptor = -1
        #endif
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Watches folders, those that were watched before included.
    func watch(_ folders: [String]) {
        #if os(Linux)
        guard descriptor >= 0 else { return }
        let events = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB)
        let isComplete = folders.allSatisfy { inotify_add_watch(descriptor, $0, events) >= 0 }
        sendsNotices.store(isComplete, ordering: .relaxed)
        #endif
    }

    /// Waits until something may have changed in the folders that are watched, or the task is cancelled. What has
    /// changed since the last call counts.
    func waitForChange() async {
        guard sendsNotices.load(ordering: .relaxed) else {
            try? await Task.sleep(for: Self.longInterval)
            return
        }
        while !Task.isCancelled, !takeNotices() { try? await Task.sleep(for: Self.interval) }
    }

    /// Whether there were notices; they are gone then.
    private func takeNotices() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        var isAny = false
        while read(descriptor, &buffer, buffer.count) > 0 { isAny = true }
        return isAny
    }
}
