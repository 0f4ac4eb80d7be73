/// A certificate for `localhost` and 127.0.0.1 that its own key has signed, valid from 2020 to 2120; P-256.
enum TestCertificate {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
        c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
        CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPwSICVsBU+xXNDG
        tR9TOvg1vUoUQbg2u74luh/m7T0NNQKksDU9uuAZyyhLz8phs4VfOd7Y+SxXZ6Ze
        UaI2Q4yjTjBMMA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0RBBMwEYIJbG9jYWxob3N0
        hwR/AAABMB0GA1UdDgQWBBS5SIbY9wuoyVw7kSW+/FLH+cUdIjAKBggqhkjOPQQD
        AgNIADBFAiBd4M/55SLGg70q6ZYwGDdXNE0B5E3kPhcy6cQ4cV7K5QIhALEWMj4M
        QDzP2XOnMgF50uasHKpRWBYGM7K3nYhDzXpw
        -----END CERTIFICATE-----

        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdbkpykxdxC92ZC/x
        vSLC18+vxEWdb9USIklJDpsVYCmhRANCAAT8EiAlbAVPsVzQxrUfUzr4Nb1KFEG4
        Nru+Jbof5u09DTUCpLA1PbrgGcsoS8/KYbOFXzne2PksV2emXlGiNkOM
        -----END PRIVATE KEY-----

        """

    /// A key that belongs to no certificate.
    static let otherKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQge1YiCesqNyXy0rlj
        9vfLj7IVfpvlExOIAnhbHptc85GhRANCAATRv543Kqa+pFFyJDB1FvbLuxqfUUL7
        Y/e1bM7MxrjvpeH9xXuecR6naKqBQyNsy1WwpokCCjhD5gMHb33RzpGk
        -----END PRIVATE KEY-----

        """
}
