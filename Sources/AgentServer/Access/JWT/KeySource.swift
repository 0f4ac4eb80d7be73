import NIOSSL
import WebClient

/// Where the keys are found by which tokens are checked.
enum KeySource: Sendable {
    case file(String)
    case web(WebAddress)
    /// A place that cannot be used, and why.
    case unusable(String)

    /// Bytes that a key set may have.
    static let maximumBytes = 1 << 20
    /// How long a server may take to send one.
    static let timeout = Duration.seconds(5)

    /// - Parameter place: The path of a file, or a URL: `https`, or `http` to this machine.
    init(_ place: String) {
        guard let mark = place.firstRange(of: "://") else {
            self = .file(place)
            return
        }
        if let address = WebAddress(place), address.isSecure || HostCheck.isLoopback(address.host.lowercased()) {
            self = .web(address)
        } else if place[..<mark.lowerBound].lowercased() == "http" {
            self = .unusable("http is for loopback only: use https")
        } else {
            self = .unusable("it is neither a file nor a URL that begins with https://")
        }
    }

    /// Reads the keys.
    ///
    /// - Parameter trust: Whom a server's certificate must lead to.
    func load(trust: NIOSSLTrustRoots = .default) async throws(VerificationKeys.Unusable) -> VerificationKeys {
        switch self {
        case .file(let path):
            guard let bytes = TextFile.read(path, limit: Self.maximumBytes) else {
                throw VerificationKeys.Unusable(reason: "it cannot be read")
            }
            return try await VerificationKeys(parsing: bytes)
        case .web(let address):
            let bytes: [UInt8]
            do {
                bytes = try await WebFetch.get(address, limit: Self.maximumBytes, timeout: Self.timeout, trust: trust)
            } catch {
                throw VerificationKeys.Unusable(reason: error.reason)
            }
            return try await VerificationKeys(parsing: bytes)
        case .unusable(let reason):
            throw VerificationKeys.Unusable(reason: reason)
        }
    }
}
