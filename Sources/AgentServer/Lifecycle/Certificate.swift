import NIOSSL

extension AgentServer.Configuration.TLS {
    /// What the server needs to speak HTTPS; `nil` where it is not to.
    ///
    /// - Throws: ``ServerError`` that names the file that cannot be used.
    func context() throws -> NIOSSLContext? {
        guard let certificateFile, let keyFile else { return nil }
        let (certificateBytes, keyBytes) = (try Self.read(certificateFile), try Self.read(keyFile))
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(certificateBytes), !chain.isEmpty else {
            throw ServerError(message: "The file \(certificateFile) holds no certificate in PEM form")
        }
        guard let key = try? NIOSSLPrivateKey(bytes: keyBytes, format: .pem) else {
            throw ServerError(message: "The file \(keyFile) holds no private key in PEM form without a password")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)
        )
        configuration.applicationProtocols = ["h2", "http/1.1"]
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ServerError(
                message: "The key in \(keyFile) does not belong to the certificate in \(certificateFile), "
                    + "or one of them cannot be used"
            )
        }
    }

    private static func read(_ file: String) throws -> [UInt8] {
        guard let bytes = TextFile.read(file, limit: 1 << 20) else {
            throw ServerError(message: "The file \(file) cannot be read")
        }
        return bytes
    }
}
