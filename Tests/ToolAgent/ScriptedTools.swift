import ModelAgent

/// The tools.
enum ScriptedTools {
    static let all = [add, fail, secret, hang, meet]

    private struct Summands: ToolArguments {
        @Parameter("One number") var a: Int
        @Parameter("The other one") var b: Int
    }

    private struct Guest: ToolArguments {
        @Parameter("Who comes") var n: Int
    }

    private struct Secret: Error, CustomStringConvertible {
        var description: String { "the password is hunter2" }
    }

    private static let add = Tool("add", "Adds two numbers") { (numbers: Summands) in
        let (sum, isOver) = numbers.a.addingReportingOverflow(numbers.b)
        guard !isOver else { throw ToolError("The sum is too large") }
        return sum
    }

    private static let fail = Tool("fail", "Fails, and says why") { () -> String in
        throw ToolError("There is no such city")
    }

    private static let secret = Tool("secret", "Fails with words that are for nobody") { () -> String in
        throw Secret()
    }

    /// Never ends, and does not heed its cancellation.
    private static let hang = Tool("hang", "Never ends") { () -> String in
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
        return "over"
    }

    private static let meeting = Meeting()

    private static let meet = Tool("meet", "Waits for another call of it") { (guest: Guest) in
        await meeting.join()
        return "met \(guest.n)"
    }
}

/// Where two wait for each other.
private actor Meeting {
    private var first: CheckedContinuation<Void, Never>?

    func join() async {
        if let first {
            self.first = nil
            return first.resume()
        }
        await withCheckedContinuation { first = $0 }
    }
}
