import ArgumentParser
import Logging
import TestSupport
import Testing

@testable import AgentServer

@Suite("The command line and the environment")
struct ServerOptionsTests {
    private func configuration(
        _ arguments: [String] = [], _ environment: [String: String] = [:]
    ) throws -> AgentServer.Configuration {
        try ServerOptions.parse(arguments).apply(to: AgentServer.Configuration(), environment: environment)
    }

    @Test("give loopback and port 8000 when nothing is said")
    func defaults() throws {
        let configuration = try configuration()
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 8000)
        #expect(configuration.appName == "mlflow_agent_server")
        #expect(configuration.limits.bodyBytes == 64 * 1024 * 1024)
    }

    @Test("let a flag win over the environment, and the environment over the default")
    func precedence() throws {
        let environment = [
            "AGENT_SERVER_PORT": "9000", "AGENT_SERVER_HOST": "0.0.0.0", "AGENT_SERVER_LOG_LEVEL": "debug",
        ]
        let both = try configuration(["--port", "0"], environment)
        #expect(both.port == 0)
        #expect(both.host == "0.0.0.0")
        #expect(both.logLevel == .debug)
    }

    @Test("say how many traces are kept, and how long")
    func traces() throws {
        let usual = try configuration()
        #expect(usual.traces.keep == nil)
        #expect(usual.traces.maximumAge == .seconds(7 * 24 * 3600))
        let said = try configuration(["--keep-traces", "0"], ["AGENT_SERVER_TRACES_MAX_AGE": "60"])
        #expect(said.traces.keep == 0)
        #expect(said.traces.maximumAge == .seconds(60))
        #expect(throws: ValidationError.self) { try configuration(["--keep-traces=-1"]) }
        #expect(throws: ValidationError.self) { try configuration([], ["AGENT_SERVER_KEEP_TRACES": "many"]) }
    }

    @Test("take an empty variable of another tool for none, and an empty flag for the wish that there be none")
    func emptyTexts() throws {
        let uri = "MLFLOW_TRACKING_URI"
        func tracker(
            _ arguments: [String] = [], _ environment: [String: String] = [:], file: String = "{}"
        ) throws -> String? {
            try configuration(file: file, arguments, environment).tracing.environment[uri]
        }
        let inFile = #"{"mlflow-tracking-uri": "http://file.example"}"#
        #expect(try tracker([], [uri: "http://environment.example"], file: inFile) == "http://environment.example")
        #expect(try tracker([], [uri: ""], file: inFile) == "http://file.example")
        #expect(try tracker([], [uri: ""]) == nil)
        #expect(try tracker(["--mlflow-tracking-uri", ""], [uri: "http://environment.example"], file: inFile) == nil)
        #expect(try tracker([], [:], file: #"{"mlflow-tracking-uri": ""}"#) == nil)
        let collector = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector.example/v1/traces"]
        #expect(try configuration([], collector).exportSettings().collector != nil)
        #expect(try configuration(["--otlp-endpoint", ""], collector).exportSettings().collector == nil)
    }

    @Test("go over what a program says of its traces")
    func embedded() throws {
        var base = AgentServer.Configuration()
        base.tracing.recordsContent = false
        base.tracing.environment = ["MLFLOW_TRACKING_URI": "http://base.example", "MLFLOW_EXPERIMENT_NAME": "base"]
        func tracing(_ arguments: [String], _ environment: [String: String]) throws -> [String: String] {
            let configuration = try ServerOptions.parse(arguments).apply(to: base, environment: environment)
            #expect(!configuration.tracing.recordsContent)
            return configuration.tracing.environment
        }
        #expect(try tracing([], [:]) == base.tracing.environment)
        let environment = ["MLFLOW_TRACKING_URI": "http://own.example", "MLFLOW_EXPERIMENT_NAME": ""]
        #expect(
            try tracing([], environment)
                == ["MLFLOW_TRACKING_URI": "http://own.example", "MLFLOW_EXPERIMENT_NAME": "base"])
        #expect(try tracing(["--mlflow-tracking-uri", ""], environment) == ["MLFLOW_EXPERIMENT_NAME": "base"])
    }

    @Test("listen to the world on the port of a Databricks App, unless told otherwise")
    func databricks() throws {
        let app = ["DATABRICKS_APP_PORT": "8080", "DATABRICKS_APP_NAME": ""]
        #expect(try configuration([], app).host == "0.0.0.0")
        #expect(try configuration([], app).port == 8080)
        #expect(try configuration([], app).appName == "")
        #expect(try configuration(["--host", "127.0.0.1", "--port", "1"], app).host == "127.0.0.1")
        #expect(try configuration(["--host", "127.0.0.1", "--port", "1"], app).port == 1)
    }

    @Test("read lists, flags and numbers")
    func kinds() throws {
        let fromEnvironment = try configuration(
            [],
            [
                "AGENT_SERVER_CORS_ORIGINS": "https://a.example, https://b.example,,", "AGENT_SERVER_ACCESS_LOG": "yes",
                "AGENT_SERVER_INVOCATION_TIMEOUT": "7", "AGENT_SERVER_MAX_BODY_BYTES": "10",
            ])
        #expect(fromEnvironment.corsOrigins == ["https://a.example", "https://b.example"])
        #expect(fromEnvironment.logsAccess)
        #expect(fromEnvironment.limits.invocationTime == .seconds(7))
        #expect(fromEnvironment.limits.bodyBytes == 10)
        let fromFlags = try configuration(["--allowed-host", "a", "--allowed-host", "b", "--access-log"])
        #expect(fromFlags.allowedHosts == ["a", "b"])
        #expect(fromFlags.logsAccess)
        #expect(fromFlags.hasMetrics)
        #expect(try !configuration(["--no-metrics"]).hasMetrics)
        #expect(try !configuration([], ["AGENT_SERVER_NO_METRICS": "1"]).hasMetrics)
    }

    @Test(
        "refuse what cannot be used, and name it",
        arguments: [
            (["--port", "70000"], [:], "--port"), ([], ["AGENT_SERVER_PORT": "http"], "AGENT_SERVER_PORT"),
            ([], ["AGENT_SERVER_PORT": ""], "AGENT_SERVER_PORT"), ([], ["AGENT_SERVER_HOST": ""], "AGENT_SERVER_HOST"),
            (["--log-level", "loud"], [:], "loud"),
            ([], ["AGENT_SERVER_ACCESS_LOG": "maybe"], "AGENT_SERVER_ACCESS_LOG"),
            ([], ["DATABRICKS_APP_PORT": "-1"], "DATABRICKS_APP_PORT"),
            (["--max-body-bytes", "0"], [:], "--max-body-bytes"),
            ([], ["AGENT_SERVER_DRAIN_TIMEOUT": "99999999999999999999"], "AGENT_SERVER_DRAIN_TIMEOUT"),
            (["--workers", "0"], [:], "--workers"), ([], ["AGENT_SERVER_WORKERS": "1025"], "AGENT_SERVER_WORKERS"),
            ([], ["AGENT_SERVER_RELOAD": "maybe"], "AGENT_SERVER_RELOAD"),
            (["--tls-certificate", "c.pem"], [:], "tls-key is not"),
            ([], ["AGENT_SERVER_TLS_KEY": "k.pem"], "tls-key is set"),
            (["--tls-key", ""], [:], "--tls-key"), ([], ["CHAT_APP_PORT": "0"], "CHAT_APP_PORT"),
            (["--chat-app-port", "x"], [:], "--chat-app-port"),
            ([], ["CHAT_PROXY_TIMEOUT_SECONDS": "0"], "CHAT_PROXY_TIMEOUT_SECONDS"),
            ([], ["AGENT_SERVER_CONFIG": "/nowhere"], "/nowhere"),
        ] as [([String], [String: String], String)])
    func refusals(arguments: [String], environment: [String: String], name: String) {
        #expect { try configuration(arguments, environment) } throws: { "\($0)".contains(name) }
    }

    @Test("start workers, reload, and speak HTTPS where they say so")
    func processes() throws {
        let none = try configuration()
        #expect(none.workers == nil)
        #expect(!none.reloads)
        #expect(none.tls.certificateFile == nil && none.tls.keyFile == nil)
        let flags = try configuration([
            "--workers", "2", "--reload", "--tls-certificate", "c.pem", "--tls-key", "k.pem",
        ])
        #expect(flags.workers == 2)
        #expect(flags.reloads)
        #expect(flags.tls.certificateFile == "c.pem")
        #expect(flags.tls.keyFile == "k.pem")
        let environment = try configuration(
            ["--tls-key", "other.pem"],
            [
                "AGENT_SERVER_WORKERS": "3", "AGENT_SERVER_RELOAD": "on", "AGENT_SERVER_TLS_CERTIFICATE": "c.pem",
                "AGENT_SERVER_TLS_KEY": "k.pem",
            ])
        #expect(environment.workers == 3)
        #expect(environment.reloads)
        #expect(environment.tls.certificateFile == "c.pem")
        #expect(environment.tls.keyFile == "other.pem")
    }

    @Test("take what the chat proxy of MLflow takes from the environment, by the same names")
    func chatProxy() throws {
        let none = try configuration().chatProxy
        #expect(!none.isEnabled)
        #expect(none.port == 3000)
        #expect(none.timeout == .seconds(300))
        let environment = [
            "CHAT_APP_PORT": "4000", "CHAT_PROXY_TIMEOUT_SECONDS": "20",
            "CHAT_PROXY_ALLOWED_EXACT_PATHS": "/a, /b,", "CHAT_PROXY_ALLOWED_PATH_PREFIXES": "/c/,/d/",
            "AGENT_SERVER_CHAT_PROXY": "true",
        ]
        let fromEnvironment = try configuration([], environment).chatProxy
        #expect(fromEnvironment.isEnabled)
        #expect(fromEnvironment.port == 4000)
        #expect(fromEnvironment.timeout == .seconds(20))
        #expect(fromEnvironment.exactPaths == ["/a", "/b"])
        #expect(fromEnvironment.pathPrefixes == ["/c/", "/d/"])
        let flags = [
            "--chat-proxy", "--chat-app-port", "5000", "--chat-proxy-timeout", "6", "--chat-proxy-path", "/e",
            "--chat-proxy-prefix", "/f/", "--chat-proxy-prefix", "/g/",
        ]
        let fromFlags = try configuration(flags, environment).chatProxy
        #expect(fromFlags.port == 5000)
        #expect(fromFlags.timeout == .seconds(6))
        #expect(fromFlags.exactPaths == ["/e"])
        #expect(fromFlags.pathPrefixes == ["/f/", "/g/"])
    }

    @Test("say who may call: keys, tokens, how often, and whether anybody at all")
    func access() throws {
        let none = try configuration().access
        #expect(none.apiKeys.isEmpty && none.jwt.keySet == nil && none.rateLimit == nil)
        #expect(!none.isInsecure && !none.trustsForwardedUser)
        let environment = [
            "AGENT_SERVER_API_KEYS": "a:1, b+admin:2", "AGENT_SERVER_JWT_JWKS": "keys.json",
            "AGENT_SERVER_JWT_ISSUER": "i", "AGENT_SERVER_JWT_AUDIENCE": "j", "AGENT_SERVER_JWT_PRINCIPAL_CLAIM": "k",
            "AGENT_SERVER_RATE_LIMIT": "7", "AGENT_SERVER_INSECURE": "yes",
        ]
        let fromEnvironment = try configuration([], environment).access
        #expect(fromEnvironment.apiKeys.map(\.name) == ["a", "b"])
        #expect(fromEnvironment.apiKeys.map(\.isAdmin) == [false, true])
        #expect(fromEnvironment.jwt.keySet == "keys.json")
        #expect(fromEnvironment.jwt.issuer == "i")
        #expect(fromEnvironment.jwt.audience == "j")
        #expect(fromEnvironment.jwt.principalClaim == "k")
        #expect(fromEnvironment.rateLimit == 7)
        #expect(fromEnvironment.isInsecure)
        let flags = try configuration(
            ["--api-key", "c:x,y", "--api-key", "d:4", "--jwt-jwks", "https://a.example", "--rate-limit", "8"],
            environment
        ).access
        // A flag's key may have a comma in it.
        #expect(flags.apiKeys.map(\.name) == ["c", "d"])
        #expect(flags.jwt.keySet == "https://a.example")
        #expect(flags.jwt.principalClaim == "k")
        #expect(flags.rateLimit == 8)
        let file = try configuration(
            file: #"{"api-keys": ["e:5"], "jwt-jwks": "f", "rate-limit": 9, "insecure": true}"#, [],
            ["AGENT_SERVER_RATE_LIMIT": "10"]
        ).access
        #expect(file.apiKeys.map(\.name) == ["e"])
        #expect(file.jwt.keySet == "f")
        #expect(file.rateLimit == 10)
        #expect(file.isInsecure)
        #expect(
            try configuration(file: #"{"api-keys": ["e:5"]}"#, [], environment).access.apiKeys.map(\.name) == [
                "a", "b",
            ])
    }

    @Test("trust the proxy of a Databricks App, unless told otherwise")
    func trust() throws {
        let app = ["DATABRICKS_APP_PORT": "8080"]
        #expect(try configuration([], app).access.isInsecure)
        #expect(try configuration([], app).access.trustsForwardedUser)
        #expect(try configuration(["--api-key", "a:1"], app).access.trustsForwardedUser)
        let distrust = app.merging(["AGENT_SERVER_TRUST_FORWARDED_USER": "0"]) { first, _ in first }
        #expect(try !configuration([], distrust).access.trustsForwardedUser)
        #expect(try configuration(["--trust-forwarded-user"]).access.trustsForwardedUser)
    }

    @Test(
        "refuse keys that cannot be used, and tell their place and nothing of them",
        arguments: [
            (["--api-key", ""], [:], "--api-key: key 1 is empty"),
            ([], ["AGENT_SERVER_API_KEYS": "a:sesame1,,b:sesame2"], "AGENT_SERVER_API_KEYS: key 2 is empty"),
            ([], ["AGENT_SERVER_API_KEYS": "a:sesame1,a:sesame2"], "keys 1 and 2 have the same name"),
            ([], ["AGENT_SERVER_API_KEYS": "sesame,b:2,sesame"], "keys 1 and 3 are the same"),
            (["--api-key", ":sesame"], [:], "key 1 has an empty name"),
            (["--api-key", "se/same:x"], [:], "key 1 has a name that"),
            (["--trust-forwarded-user", "--api-key", "sesame"], [:], "trust-forwarded-user is set"),
            (["--jwt-issuer", "i"], [:], "--jwt-issuer is set and jwt-jwks is not"),
            ([], ["AGENT_SERVER_JWT_AUDIENCE": "i"], "AGENT_SERVER_JWT_AUDIENCE is set and jwt-jwks is not"),
            (["--jwt-jwks", ""], [:], "--jwt-jwks is empty"), (["--rate-limit", "0"], [:], "--rate-limit is 0"),
            ([], ["AGENT_SERVER_INSECURE": "maybe"], "AGENT_SERVER_INSECURE"),
        ] as [([String], [String: String], String)])
    func accessRefusals(arguments: [String], environment: [String: String], message: String) {
        #expect { try configuration(arguments, environment) } throws: { error in
            "\(error)".contains(message) && !"\(error)".contains("same1") && !"\(error)".contains("sesame")
        }
    }

    // MARK: The configuration file

    /// The configuration that a file makes, below flags and environment.
    private func configuration(
        file: String, _ arguments: [String] = [], _ environment: [String: String] = [:]
    ) throws -> AgentServer.Configuration {
        try TemporaryFolder.with { folder in
            try folder.write(file, to: "agent.json")
            return try configuration(arguments + ["--config", "\(folder.path)/agent.json"], environment)
        }
    }

    @Test("read a file with all kinds of settings")
    func file() throws {
        let configuration = try configuration(
            file: """
                {"host": "0.0.0.0", "port": 9000, "max-body-bytes": "10", "access-log": true, "log-level": "debug",
                 "allowed-hosts": ["a", "b"], "cors-origins": [], "drain-timeout": 0, "workers": 2, "reload": false,
                 "chat-proxy": "yes", "chat-app-port": 4000, "chat-proxy-timeout": 5, "chat-proxy-paths": ["/x"],
                 "chat-proxy-prefixes": ["/y/"], "tls-certificate": "c.pem", "tls-key": "k.pem", "idle-timeout": null}
                """)
        #expect(configuration.host == "0.0.0.0")
        #expect(configuration.port == 9000)
        #expect(configuration.limits.bodyBytes == 10)
        #expect(configuration.logsAccess)
        #expect(configuration.logLevel == .debug)
        #expect(configuration.allowedHosts == ["a", "b"])
        #expect(configuration.corsOrigins.isEmpty)
        #expect(configuration.drainTime == .zero)
        #expect(configuration.workers == 2)
        #expect(!configuration.reloads)
        #expect(configuration.chatProxy.isEnabled)
        #expect(configuration.chatProxy.port == 4000)
        #expect(configuration.chatProxy.timeout == .seconds(5))
        #expect(configuration.chatProxy.exactPaths == ["/x"])
        #expect(configuration.chatProxy.pathPrefixes == ["/y/"])
        #expect(configuration.tls.keyFile == "k.pem")
        #expect(configuration.limits.idleTime == .seconds(75))
    }

    @Test("let a flag win over the environment, and the environment over the file")
    func filePrecedence() throws {
        let file = #"{"port": 1, "host": "file", "drain-timeout": 3, "allowed-hosts": ["file"], "chat-app-port": 7}"#
        let environment = [
            "AGENT_SERVER_PORT": "2", "AGENT_SERVER_HOST": "environment", "AGENT_SERVER_ALLOWED_HOSTS": "environment",
            "CHAT_APP_PORT": "8",
        ]
        let configuration = try configuration(file: file, ["--port", "0", "--chat-app-port", "9"], environment)
        #expect(configuration.port == 0)
        #expect(configuration.host == "environment")
        #expect(configuration.drainTime == .seconds(3))
        #expect(configuration.allowedHosts == ["environment"])
        #expect(configuration.chatProxy.port == 9)
    }

    @Test("find the file that the environment names, unless a flag names another")
    func fileFromEnvironment() throws {
        try TemporaryFolder.with { folder in
            try folder.write(#"{"port": 1}"#, to: "one.json")
            try folder.write(#"{"port": 2}"#, to: "two.json")
            let environment = ["AGENT_SERVER_CONFIG": "\(folder.path)/one.json"]
            #expect(try configuration([], environment).port == 1)
            #expect(try configuration(["--config", "\(folder.path)/two.json"], environment).port == 2)
        }
    }

    @Test(
        "refuse a file that cannot be used, and name it and what is wrong",
        arguments: [
            (#"{"prot": 1}"#, #""prot" in"#, "is no setting"), (#"{"port": "http"}"#, #""port" in"#, "no whole number"),
            (#"{"port": 70000}"#, #""port" in"#, "0 to 65535"), (#"{"port": 1.5}"#, #""port" in"#, "no whole number"),
            (#"{"port": true}"#, #""port" in"#, "no whole number"),
            (#"{"port": [1]}"#, #""port" in"#, "must be a text"),
            (#"{"host": ""}"#, #""host" in"#, "is empty"), (#"{"host": {}}"#, #""host" in"#, "must be a text"),
            (#"{"access-log": 2}"#, #""access-log" in"#, "must be true or false"),
            (#"{"allowed-hosts": "a"}"#, #""allowed-hosts" in"#, "must be an array of strings"),
            (#"{"allowed-hosts": [1]}"#, #""allowed-hosts" in"#, "must be an array of strings"),
            (#"{"log-level": "loud"}"#, #""log-level" in"#, "no log level"),
            (#"{"api-keys": "a"}"#, #""api-keys" in"#, "must be an array of strings"),
            (#"{"api-keys": ["a", ""]}"#, #""api-keys" in"#, "key 2 is empty"),
            (#"{"tls-key": "k.pem"}"#, "tls-key is set", "tls-certificate is not"),
            (#"{"tls-certificate": "c.pem"}"#, "tls-certificate is set", "tls-key is not"),
            ("[]", "agent.json", "holds no JSON object"), ("", "agent.json", "is no JSON"),
            ("port: 1", "agent.json", "is no JSON"), (#"{"port": 1"#, "agent.json", "is no JSON"),
        ])
    func badFile(file: String, place: String, problem: String) {
        #expect { try configuration(file: file) } throws: { error in
            let text = "\(error)"
            return text.contains(place) && text.contains(problem)
        }
    }

    @Test("refuse a file that is not there, or is a folder, and name it", arguments: ["/nowhere/agent.json", "/tmp"])
    func missingFile(path: String) {
        #expect { try configuration(["--config", path]) } throws: { "\($0)".contains("\(path) cannot be read") }
    }
}
