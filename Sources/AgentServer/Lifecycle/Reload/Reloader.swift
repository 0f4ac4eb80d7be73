import Logging

struct Reloader: Sendable {
    init(program: String, logger: Logger) throws {}
    func run(_ onNewProgram: () -> Void) async {}
}
