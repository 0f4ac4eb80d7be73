/// Nodes under construction: first in memory lent by the caller, then on the heap.
///
/// Whoever creates one calls ``release()`` when done.
struct NodeBuffer {
    private(set) var base: UnsafeMutablePointer<Node>
    private(set) var count = 0
    private var capacity: Int
    private var isOnHeap = false

    init(borrowing scratch: UnsafeMutableBufferPointer<Node>) {
        if let base = scratch.baseAddress {
            self.base = base
            capacity = scratch.count
        } else {
            base = .allocate(capacity: 64)
            capacity = 64
            isOnHeap = true
        }
    }

    @inline(__always)
    mutating func append(_ node: Node) {
        if count == capacity { grow() }
        (base + count).initialize(to: node)
        count &+= 1
    }

    /// - Parameter index: The index of a node appended before.
    @inline(__always)
    subscript(index: UInt32) -> Node {
        get {
            assert(index < count)
            return base[Int(index)]
        }
        nonmutating _modify {
            assert(index < count)
            yield &base[Int(index)]
        }
    }

    @inline(never)
    private mutating func grow() {
        // A document of Int32.max bytes has fewer nodes than bytes, so this can't overflow.
        let larger = UnsafeMutablePointer<Node>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: base, count: count)
        release()
        base = larger
        capacity *= 2
        isOnHeap = true
    }

    func release() {
        // Nodes are trivial: there is nothing to deinitialize.
        if isOnHeap { base.deallocate() }
    }
}
