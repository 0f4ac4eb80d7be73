/// The page at `/docs`: one document with its style and script inside, and nothing from elsewhere.
///
/// It reads `./openapi.json`, shows what that says, and sends requests to the same server. Whatever it shows enters
/// the page as text, never as markup.
enum DocsPage {
    static let markup = #"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Agent server – API</title>
        <link rel="icon" href="data:,">
        <style>\#(style)\#n\#(styleOfParts)</style>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the operations</a>
        <header class="top">
        <div class="title">
        <h1 id="title">Agent server</h1><span class="pill" id="version" hidden></span>
        <a href="./openapi.json">openapi.json</a>
        </div>
        <div id="about"></div>
        <form class="key-field" id="key-field" hidden>
        <label for="key">Key</label><input id="key" type="password" autocomplete="off" spellcheck="false">
        </form>
        </header>
        <div class="frame">
        <nav id="index" aria-label="Contents"></nav>
        <main id="main" tabindex="-1">
        <p>Reading the description …</p>
        <noscript><p>This page needs JavaScript; <a href="./openapi.json">openapi.json</a> does not.</p></noscript>
        </main>
        </div>
        <script>\#(script)</script>
        </body>
        </html>

        """#

    /// In strict mode and with names of its own, so that the parts share one scope and leave none behind.
    static let script = """
        (() => {
        "use strict";
        \([elementsScript, schemasScript, requestsScript, answersScript, operationsScript].joined(separator: "\n\n"))
        })();
        """

    /// What the page may do, as the value of `Content-Security-Policy`.
    ///
    /// Nothing but its own style and script, named by their SHA-256, and requests to its own server. Without Trusted
    /// Types there is no way to turn text into markup either.
    static let policy = [
        "default-src 'none'",
        "style-src '\(styleHash)'",
        "script-src '\(scriptHash)'",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ].joined(separator: "; ")

    // Of the text between the tags. After a change of the page, the tests name the new ones.
    static let styleHash = "sha256-30bz4B3pAIcLoGNqm35L+4kSqEYsBj3x8vENAWnZpfE="
    static let scriptHash = "sha256-FDDpKLNQ1C9ZtLyEYjECFC8mCjuzK0QvBIn/TG1fpzQ="
}
