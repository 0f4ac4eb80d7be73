enum TracesPage {
    static let markup = "<!doctype html>"
    static let policy = "default-src 'none'"
}
