public import Logging

extension AgentServer {
    /// How a server behaves. Every field has a default that suits a service on one machine.
    public struct Configuration: Sendable {
        /// The address to listen on. Loopback, unless said otherwise; on Databricks Apps (where
        /// `DATABRICKS_APP_PORT` is set) the command line takes `0.0.0.0`. Elsewhere a server that asks for no key does not
        /// start on another address than loopback, unless ``access`` says that it may.
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

        /// Who may call, and how often.
        public var access = Access()

        /// Whether every request is logged, without its query, headers and body.
        public var logsAccess = false

        /// Whether the server measures itself and shows that at `/metrics`, with what agents measure through swift-metrics.
        /// Where the process has set up another place for metrics, the server's go there, and `/metrics` is 404.
        public var hasMetrics = true

        /// The least severe messages that are logged.
        public var logLevel: Logger.Level = .info

        /// The name that `/agent/info` tells: that of the Databricks App, as in MLflow.
        public var appName = "mlflow_agent_server"

        /// The certificate by which the server speaks HTTPS; none by default.
        public var tls = TLS()

        /// Worker processes; `nil` for one process that serves alone. Only ``AgentServer/run()`` and the like start
        /// workers.
        public var workers: Int?

        /// Whether the package is built again when its sources change, and the server goes on with the new program.
        /// Only ``AgentServer/run()`` and the like do that.
        public var reloads = false

        /// Where responses, conversations and traces are kept.
        public var store = Store()

        /// Traces that are kept in the store.
        public var traces = Traces()

        /// How calls are traced, and where traces go beside the store.
        public var tracing = Tracing()

        /// Requests that are forwarded to a chat app.
        public var chatProxy = ChatProxy()

        /// The defaults.
        public init() {}

        /// Files that make the server speak HTTPS, with HTTP/2 for clients that know it. Both or neither.
        public struct TLS: Sendable {
            /// A PEM file: the server's certificate, and those that lead to its issuer.
            public var certificateFile: String?
            /// A PEM file: the certificate's private key.
            public var keyFile: String?

            /// None.
            public init() {}
        }

        /// Where responses, conversations and traces are kept, and for how long.
        public struct Store: Sendable {
            /// The path of an SQLite file, which is made where there is none; `memory:` for one that ends with the
            /// process; `none` to keep nothing.
            public var location = "agent-server.db"
            /// How long finished responses are kept, and conversations after their last change.
            public var maximumAge: Duration = .seconds(7 * 24 * 3600)
            /// How many bytes the file may have; beyond, what has rested longest goes first.
            public var maximumBytes = 2 << 30

            /// The defaults.
            public init() {}
        }

        /// Requests that are forwarded to a chat app on the same machine: those that match no route of the server and
        /// whose path is `/`, `/favicon.ico` or `/ping`, or begins with `/assets/`, `/api/` or `/chat/`, as in MLflow.
        public struct ChatProxy: Sendable {
            /// Whether requests are forwarded at all.
            public var isEnabled = false
            /// The app's port on `localhost`.
            public var port = 3000
            /// Further paths. They are compared with the request's path when that is unescaped and normalised.
            public var exactPaths: Set<String> = []
            /// Further beginnings of paths.
            public var pathPrefixes: [String] = []
            /// How long the app may be silent before and within an answer; beyond: 502, or the answer breaks off.
            public var timeout: Duration = .seconds(300)
            /// How long both sides of a WebSocket may be silent before it is closed.
            public var tunnelIdleTime: Duration = .seconds(3600)
            /// Whether the app is told for whom it is asked: the client's address is appended to `x-forwarded-for`,
            /// and `x-forwarded-proto` and `x-forwarded-host` are set where no proxy in front has done so.
            public var addsForwardedHeaders = true

            /// The defaults.
            public init() {}
        }

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
            /// How long a WebSocket may be used; beyond, it is closed when the turn under way has ended. The standard says
            /// an hour.
            public var webSocketLifetime: Duration = ResponseSocket.standardLifetime
            /// How long an invocation may take; beyond: 504, or an error in the stream.
            public var invocationTime: Duration = .seconds(3600)
            /// Bytes of output that an invocation may have; beyond: 500, or an error in the stream.
            public var outputBytes = 64 * 1024 * 1024

            /// Bounds of WebSockets.
            package var webSocket = WebSocketLimits()

            /// The defaults.
            public init() {}
        }
    }
}
