public import Logging

extension AgentServer {
    /// How a server behaves. Every field has a default that suits a service on one machine.
    public struct Configuration: Sendable {
        /// The address to listen on. Loopback, unless said otherwise; on Databricks Apps (where
        /// `DATABRICKS_APP_PORT` is set) the command line takes `0.0.0.0`.
        public var host = "127.0.0.1"

        /// The port to listen on; 0 picks a free one.
        public var port = 8000

        /// Bounds of what a client may ask.
        public var limits = Limits()

        /// How long requests may go on when the server is told to stop.
        public var drainTime: Duration = .seconds(30)

        /// How long a stream may be quiet before a comment is sent, so that nothing on the way takes it for dead.
        public var keepAliveInterval: Duration = .seconds(15)

        /// Origins whose pages may call this server from a browser, `https://app.example` for example; `*` for all.
        public var corsOrigins: [String] = []

        /// Names by which this server may be called while it listens on loopback, beside loopback's own; `*` for all.
        public var allowedHosts: [String] = []

        /// Whether every request is logged, without its query, headers and body.
        public var logsAccess = false

        /// The least severe messages that are logged.
        public var logLevel: Logger.Level = .info

        /// The name that `/agent/info` tells: that of the Databricks App, as in MLflow.
        public var appName = "mlflow_agent_server"

        /// The defaults.
        public init() {}

        /// Bounds of what a client may ask.
        public struct Limits: Sendable {
            /// Bytes of a request's body; beyond: 413.
            public var bodyBytes = 64 * 1024 * 1024
            /// Bytes of a request's headers; beyond: 431.
            public var headerBytes = 32 * 1024
            /// How deep JSON may be nested; beyond: 400.
            public var depth = 512
            /// How long a request's head may take to arrive, and its body from one byte to the next; beyond: 408.
            public var arrivalTime: Duration = .seconds(30)
            /// How long a connection may stay open without a request.
            public var idleTime: Duration = .seconds(75)
            /// How long a client may leave an answer unread before its connection is closed.
            public var stallTime: Duration = .seconds(60)
            /// Requests that agents answer at the same time; beyond: 503 with `Retry-After`.
            public var concurrentRequests = 20_000
            /// How long an invocation may take; beyond: 504, or an error in the stream.
            public var invocationTime: Duration = .seconds(3600)
            /// Bytes of output that an invocation may have; beyond: 500, or an error in the stream.
            public var outputBytes = 64 * 1024 * 1024

            /// The defaults.
            public init() {}
        }
    }
}
