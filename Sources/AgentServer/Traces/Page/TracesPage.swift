/// The page at `/traces/ui`: one document with its style and script inside, and nothing from elsewhere.
///
/// It asks the same server for `/traces`. Traces hold what strangers have written: whatever the page shows enters it as text,
/// never as markup.
enum TracesPage {
    static let markup = #"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>Traces – Agent server</title>
        <link rel="icon" href="data:,">
        <style>\#(style)\#n\#(styleOfTrace)</style>
        </head>
        <body>
        <a class="skip" href="#list">Skip to the traces</a>
        <div class="frame">
        <aside aria-label="Traces">
        <header class="top">
        <h1>Traces</h1><span class="soft" id="sum"></span>
        <button type="button" id="live" class="small live" aria-pressed="true" title="Look for new traces (l)"><span class="dot"></span>Live</button>
        </header>
        <div class="filters">
        <input id="search" type="search" placeholder="Search what is loaded  ( / )" aria-label="Search the traces that are loaded" autocomplete="off" spellcheck="false">
        <div class="chips" id="states" role="group" aria-label="State">
        <button type="button" class="small" value="" aria-pressed="true">All</button>
        <button type="button" class="small good" value="OK" aria-pressed="false">OK</button>
        <button type="button" class="small bad" value="ERROR" aria-pressed="false">Error</button>
        <button type="button" class="small running" value="IN_PROGRESS" aria-pressed="false">Running</button>
        </div>
        <div class="pair">
        <input id="session" type="search" list="sessions" placeholder="Session" aria-label="Session" autocomplete="off" spellcheck="false"><datalist id="sessions"></datalist>
        <select id="since" aria-label="Time"><option value="0">Any time</option><option value="900">Last 15 min</option><option value="3600">Last hour</option><option value="86400">Last day</option></select>
        </div>
        </div>
        <form class="door" id="door" hidden>
        <p id="door-text"></p>
        <label for="key">Key</label>
        <div class="pair"><input id="key" type="password" autocomplete="off" spellcheck="false"><button type="submit" class="small">Show traces</button></div>
        <p class="soft">It stays in this tab, until that is closed.</p>
        </form>
        <p class="banner bad" id="trouble" role="alert" hidden></p>
        <div class="scroll">
        <div id="list" role="listbox" tabindex="0" aria-label="Traces, the newest first"><ul id="rows" role="presentation"></ul></div>
        <p class="soft empty" id="empty" hidden></p>
        <button type="button" id="more" class="small" hidden>Load older traces</button>
        </div>
        </aside>
        <main id="trace" aria-label="The trace"></main>
        </div>
        <p id="status" class="unseen" role="status"></p>
        <noscript><p>This page needs JavaScript; <a href="../traces">GET /traces</a> does not.</p></noscript>
        <script>\#(script)</script>
        </body>
        </html>

        """#

    /// In strict mode and with names of its own, so that the parts share one scope and leave none behind.
    static let script = """
        (() => {
        "use strict";
        \(parts.joined(separator: "\n\n"))
        })();
        """

    private static let parts = [
        elementsScript, requestsScript, valuesScript, messagesScript, listScript, traceScript, waterfallScript,
        detailScript, startScript,
    ]

    /// What the page may do, as the value of `Content-Security-Policy`: the same as the one at `/docs`.
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
    static let styleHash = "sha256-0kodC9MeQJpGoVOTmeM9qJKipAslxbGbzyzwnftd1II="
    static let scriptHash = "sha256-BRpTtYn3AEvOlsiRt1K+Hq1eY1eHcgn1CVA5a0X8XlU="
}
