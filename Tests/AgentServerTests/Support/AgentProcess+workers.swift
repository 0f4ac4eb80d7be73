import TestSupport

extension AgentProcess {
    /// The process ids of its workers, in their order, as soon as there are so many of them and no more.
    func workers(_ count: Int) async throws -> [Int32] {
        while true {
            let children = ProcessTable.children(of: pid)
            if children.count == count { return children }
            await Task.yield()
        }
    }
}
