/// What of a build's output a developer wants to read.
enum BuildErrors {
    /// The compiler's errors, each once: it reports one for every module and file that it compiled together. Where none is
    /// found, the output's last lines, for the linker and the manifest say it in other ways.
    static func text(of output: [UInt8]) -> String {
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        var seen: Set<Substring> = []
        var errors: [String] = []
        var index = 0
        while index < lines.count {
            let head = lines[index]
            index += 1
            guard head.hasPrefix("/"), head.contains(": error: ") else { continue }
            var block = [head]
            while index < lines.count, isExcerpt(lines[index]) {
                block.append(lines[index])
                index += 1
            }
            if seen.insert(head).inserted { errors.append(block.joined(separator: "\n")) }
        }
        guard errors.isEmpty else { return errors.joined(separator: "\n\n") }
        var last: [Substring] = []
        for line in lines where !line.isEmpty && !last.contains(line) { last.append(line) }
        return last.suffix(20).joined(separator: "\n")
    }

    /// Whether a line shows source code: ` 2 | let x: Int = "a"`.
    private static func isExcerpt(_ line: Substring) -> Bool {
        let rest = line.drop { $0 == " " || $0.isNumber }
        return rest.hasPrefix("|") && !line.hasPrefix("|")
    }
}
