/// A pattern as instructions, and the machine that runs them over a text.
///
/// The machine backtracks with an explicit stack and marks each pair of instruction and position that it has tried:
/// none is tried twice, which bounds time and memory and ends loops over empty matches. A lookahead is a run of its
/// own at each position; all the runs of one search share a number of steps.
struct PatternProgram: Sendable {
    private enum Instruction: Sendable {
        case set(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case wordBoundary(isNegated: Bool)
        case lookahead(Int, isNegated: Bool)
        case match
    }

    private var instructions: [Instruction] = []
    private var lookaheads: [PatternProgram] = []

    private static let maximumSize = 20_000
    private static let maximumCells = 1 << 24
    private static let maximumSteps = 1 << 20

    /// Compiles a pattern; `nil` where the program would be too large.
    init?(_ node: Pattern.Node) {
        guard append(node) else { return nil }
        instructions.append(.match)
    }

    /// What a search in a text of this length costs at most, in steps of a budget.
    func cost(length: Int) -> Int {
        1 + instructions.count * (length + 1) / 64
    }

    /// Whether the pattern matches anywhere; `nil` where that is too much work.
    func search(_ text: [Unicode.Scalar]) -> Bool? {
        var visited = Visited(width: text.count + 1, height: instructions.count)
        guard visited.cells <= Self.maximumCells else { return nil }
        var steps = Self.maximumSteps
        for start in 0...text.count {
            switch run(text, from: start, &visited, &steps) {
            case true?: return true
            case nil: return nil
            case false?: continue
            }
        }
        return false
    }

    // MARK: Running

    private struct Visited {
        private let width: Int
        private let height: Int
        private var words: [UInt64] = []

        init(width: Int, height: Int) {
            self.width = width
            self.height = height
        }

        var cells: Int { width.multipliedReportingOverflow(by: height).partialValue }

        /// Marks a pair; false if it was marked before.
        mutating func insert(_ instruction: Int, _ position: Int) -> Bool {
            if words.isEmpty { words = Array(repeating: 0, count: cells / 64 + 1) }
            let cell = instruction * width + position
            let bit = UInt64(1) << UInt64(cell % 64)
            guard words[cell / 64] & bit == 0 else { return false }
            words[cell / 64] |= bit
            return true
        }
    }

    private func run(
        _ text: [Unicode.Scalar],
        from start: Int,
        _ visited: inout Visited,
        _ steps: inout Int
    ) -> Bool? {
        var stack: [(Int, Int)] = [(0, start)]
        while let (instruction, position) = stack.popLast() {
            steps -= 1
            guard steps > 0 else { return nil }
            guard visited.insert(instruction, position) else { continue }
            let next = instruction + 1
            switch instructions[instruction] {
            case .match:
                return true
            case .set(let set):
                if position < text.count, set.contains(text[position]) { stack.append((next, position + 1)) }
            case .split(let first, let second):
                stack.append((second, position))
                stack.append((first, position))
            case .jump(let target):
                stack.append((target, position))
            case .start:
                if position == 0 { stack.append((next, position)) }
            case .end:
                if position == text.count { stack.append((next, position)) }
            case .wordBoundary(let isNegated):
                let before = position > 0 && ScalarSet.word.contains(text[position - 1])
                let after = position < text.count && ScalarSet.word.contains(text[position])
                if (before != after) != isNegated { stack.append((next, position)) }
            case .lookahead(let index, let isNegated):
                let program = lookaheads[index]
                var inner = Visited(width: text.count + 1, height: program.instructions.count)
                steps -= inner.cells / 64
                guard inner.cells <= Self.maximumCells,
                    let found = program.run(text, from: position, &inner, &steps)
                else { return nil }
                if found != isNegated { stack.append((next, position)) }
            }
        }
        return false
    }

    // MARK: Compiling

    private mutating func append(_ node: Pattern.Node) -> Bool {
        guard instructions.count < Self.maximumSize else { return false }
        switch node {
        case .member(let members): instructions.append(.set(members.set))
        case .start: instructions.append(.start)
        case .end: instructions.append(.end)
        case .wordBoundary(let isNegated): instructions.append(.wordBoundary(isNegated: isNegated))
        case .sequence(let nodes):
            for node in nodes {
                guard append(node) else { return false }
            }
        case .alternation(let options): return append(options: options)
        case .repetition(let node, let minimum, let maximum):
            return append(node, minimum: minimum, maximum: maximum)
        case .lookahead(let node, let isNegated):
            guard let program = PatternProgram(node) else { return false }
            instructions.append(.lookahead(lookaheads.count, isNegated: isNegated))
            lookaheads.append(program)
        }
        return true
    }

    private mutating func append(options: [Pattern.Node]) -> Bool {
        var exits: [Int] = []
        for (index, option) in options.enumerated() {
            let split = instructions.count
            if index < options.count - 1 { instructions.append(.match) }
            guard append(option) else { return false }
            guard index < options.count - 1 else { break }
            exits.append(instructions.count)
            instructions.append(.match)
            instructions[split] = .split(split + 1, instructions.count)
        }
        for exit in exits { instructions[exit] = .jump(instructions.count) }
        return true
    }

    private mutating func append(_ node: Pattern.Node, minimum: Int, maximum: Int?) -> Bool {
        for _ in 0..<minimum {
            let before = instructions.count
            guard append(node) else { return false }
            // A node without instructions may be asked for a million times.
            if instructions.count == before { return true }
        }
        guard let maximum else {
            let split = instructions.count
            instructions.append(.match)
            guard append(node) else { return false }
            instructions.append(.jump(split))
            instructions[split] = .split(split + 1, instructions.count)
            return true
        }
        var splits: [Int] = []
        for _ in minimum..<max(minimum, maximum) {
            splits.append(instructions.count)
            instructions.append(.match)
            guard append(node) else { return false }
        }
        for split in splits { instructions[split] = .split(split + 1, instructions.count) }
        return true
    }
}
