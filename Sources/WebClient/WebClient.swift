package import NIOCore
package import NIOPosix
package import NIOSSL

/// Asks servers elsewhere over HTTP/1.1, on connections that are kept and used again.
///
/// It is here because a request of the usual client costs more than twice of what a trace may cost in all
/// (`Benchmarks/README.md`, "The client"). Redirects are not followed, proxies not used.
package final class WebClient: Sendable {
    package struct Configuration: Sendable {
        /// Connections to one server.
        package var maximumConnections = 8
        /// Requests that wait for a connection, of all servers; beyond, they are refused.
        package var maximumWaiting = 1_024
        /// How long it may take to connect.
        package var connectTimeout: Duration = .seconds(10)
        /// How long a connection is kept without a request. Servers that say nothing close after 5 s; a request that meets
        /// that on its way may be lost.
        package var idleTime: Duration = .seconds(4)
        /// Bytes that an answer's body may have.
        package var answerLimit = 8 << 20
        /// How servers are known, over HTTPS.
        package var tls = TLSConfiguration.makeClientConfiguration()
        /// Finds the addresses of names; the system does where there is none.
        package var resolver: (@Sendable (any EventLoop) -> any Resolver & Sendable)?

        package init() {}

        /// What a client needs for HTTPS. Reading the system's certificates takes a while.
        ///
        /// - Throws: What is wrong with the certificates.
        package func tlsContext() throws -> NIOSSLContext {
            var tls = tls
            tls.applicationProtocols = ["http/1.1"]
            return try NIOSSLContext(configuration: tls)
        }
    }

    private static let unsendable = WebFailure(.refused, "the target or a header holds what would break the message")

    let configuration: Configuration
    private let loop: any EventLoop
    private let pool: NIOLoopBoundBox<WebPool>

    /// - Parameter loop: Where all of its work is done.
    /// - Throws: What is wrong with the certificates of the configuration.
    package convenience init(_ configuration: Configuration = Configuration(), on loop: any EventLoop) throws {
        self.init(configuration, tls: try configuration.tlsContext(), on: loop)
    }

    /// - Parameters:
    ///   - tls: ``Configuration/tlsContext()``, which clients can share; `nil` where no server is asked over HTTPS.
    ///   - loop: Where all of its work is done.
    package init(_ configuration: Configuration, tls: NIOSSLContext?, on loop: any EventLoop) {
        self.configuration = configuration
        self.loop = loop
        pool = NIOLoopBoundBox.makeBoxSendingValue(WebPool(configuration, tls: tls, on: loop), eventLoop: loop)
    }

    /// Asks, and waits for the whole answer, whatever its status is.
    ///
    /// - Parameter timeout: How long all of it may take.
    package func send(_ request: WebRequest, timeout: Duration) async throws(WebFailure) -> WebAnswer {
        let (answers, failure) = await send([request], timeout: timeout, pause: timeout)
        guard let answer = answers.first else { throw failure ?? WebFailure(.closed, "no answer") }
        return answer
    }

    /// Asks one server several things at once: the requests go one behind the other by one connection, without waiting for
    /// answers in between ("pipelining", RFC 9112, 9.3.2), which costs far less each. Not all servers can do that.
    ///
    /// - Parameters:
    ///   - requests: All of them to the same server.
    ///   - timeout: How long the first answer may take.
    ///   - pause: How long each of the others may take after the one before it.
    /// - Returns: The answers that came, in the order of the requests, and why there are no more.
    package func send(
        _ requests: [WebRequest], timeout: Duration, pause: Duration
    ) async -> (answers: [WebAnswer], failure: WebFailure?) {
        guard let first = requests.first else { return ([], nil) }
        let isOneServer = requests.allSatisfy { $0.address.hasSameServer(as: first.address) }
        guard isOneServer, let message = WebMessage(requests) else {
            return ([], Self.unsendable)
        }
        let result = loop.makePromise(of: [WebAnswer].self)
        let control = WebControl(on: loop)
        do {
            let answers = try await withTaskCancellationHandler {
                begin(requests, message, control: control) { [configuration, loop] in
                    (
                        WholeAnswers(limit: configuration.answerLimit, result: result),
                        WebClock(timeout: timeout, pause: pause, mark: .answer, on: loop)
                    )
                }
                return try await result.futureResult.get()
            } onCancel: {
                control.cancel()
            }
            return (answers, nil)
        } catch {
            guard let error = error as? WebBreak else { return ([], WebFailure(.connection, "\(error)")) }
            return (error.answers, error.failure)
        }
    }

    /// Asks, and waits for the head of the answer, whatever its status is. Its body is read while it comes.
    ///
    /// - Parameters:
    ///   - timeout: How long the head may take.
    ///   - pause: How long nothing may come after that, before the end of the body.
    ///   - end: When all of it is over, the body too; `nil` where it may go on for ever.
    package func stream(
        _ request: WebRequest, timeout: Duration, pause: Duration, until end: NIODeadline? = nil
    ) async throws(WebFailure) -> WebStream {
        guard let message = WebMessage([request]) else {
            throw Self.unsendable
        }
        let result = loop.makePromise(of: WebStream.self)
        let control = WebControl(on: loop)
        do {
            return try await withTaskCancellationHandler {
                begin([request], message, control: control) { [loop] in
                    (
                        StreamedAnswer(StreamedBody(control), result: result),
                        WebClock(timeout: timeout, pause: pause, end: end, mark: .part, on: loop)
                    )
                }
                return try await result.futureResult.get()
            } onCancel: {
                control.cancel()
            }
        } catch {
            throw error as? WebFailure ?? WebFailure(.connection, "\(error)")
        }
    }

    /// Begins an exchange on the event loop.
    private func begin(
        _ requests: [WebRequest], _ message: WebMessage, control: WebControl,
        _ make: @escaping @Sendable () -> (any WebReceiver, WebClock)
    ) {
        let pool = pool
        let start: @Sendable () -> Void = {
            let (receiver, clock) = make()
            let exchange = WebExchange(requests, message: message, receiver: receiver, clock: clock)
            control.attach(exchange)
            pool.value.start(exchange)
        }
        if loop.inEventLoop { start() } else { loop.execute(start) }
    }

    /// Closes the connections that are kept.
    package func close() {
        let pool = pool
        loop.execute { pool.value.closeIdle() }
    }
}

extension TimeAmount {
    /// A duration of swift's own, within what fits.
    package init(web duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (nanoseconds, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self = .nanoseconds(isOver ? Int64.max / 4 : min(nanoseconds, Int64.max / 4) + attoseconds / 1_000_000_000)
    }
}
