import TestSupport
import Testing

extension AgentProcess {
    /// The process ids of its workers, in their order, as soon as there are so many of them and no more.
    func workers(_ count: Int) async throws -> [Int32] {
        var children: [Int32] = []
        try await waitWhile {
            children = ProcessTable.children(of: pid)
            return children.count != count
        }
        return children
    }
}
