extension DocsPage {
    /// The page's style sheet. Colours stand once for light and once for dark; nothing else differs.
    static let style = #"""
        :root {
          color-scheme: light dark;
          --ground: #f6f7f9; --card: #ffffff; --sunk: #f1f3f7; --line: #dde1e8; --ink: #1a1f2b; --soft: #586174;
          --accent: #3b4fd8; --on-accent: #ffffff; --get: #0b7a53; --post: #3b4fd8; --delete: #b3261e;
          --good: #0b7a53; --bad: #b3261e; --warn: #8a5300;
          --key: #8a2f78; --string: #0b6b4a; --number: #9a4a00; --word: #3b4fd8;
          --shadow: 0 1px 2px rgb(20 28 50 / 6%), 0 4px 16px rgb(20 28 50 / 5%);
          --mono: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, monospace;
          font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #10131a; --card: #181c25; --sunk: #11151d; --line: #2b313e; --ink: #e6e9f0; --soft: #9aa4b8;
            --accent: #93a4ff; --on-accent: #10131a; --get: #4cc79a; --post: #93a4ff; --delete: #ff8a80;
            --good: #4cc79a; --bad: #ff8a80; --warn: #f0b357;
            --key: #e39ad3; --string: #7fd6ab; --number: #f0b357; --word: #93a4ff;
            --shadow: none;
          }
        }
        * { box-sizing: border-box; }
        [hidden] { display: none !important; }
        html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
        @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } * { transition: none !important; } }
        body { margin: 0; background: var(--ground); color: var(--ink); }
        a { color: var(--accent); }
        h1, h2, h3, h4, p, dl, dd, ul, figure { margin: 0; }
        ul { padding: 0; list-style: none; }
        code, pre, textarea, .mono { font-family: var(--mono); font-size: 0.875em; }
        code { background: var(--sunk); border-radius: 4px; padding: 0.1em 0.3em; overflow-wrap: anywhere; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
        .skip { position: absolute; left: -999px; }
        .skip:focus { left: 1rem; top: 0.5rem; background: var(--card); padding: 0.5rem 1rem; z-index: 1; }

        .top, .frame { max-width: 1360px; margin: 0 auto; padding: 0 1.5rem; }
        .top { padding-top: 2.25rem; padding-bottom: 1.5rem; }
        .title { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.75rem; }
        h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.02em; overflow-wrap: anywhere; }
        .pill {
          border: 1px solid var(--line); border-radius: 99px; padding: 0 0.6rem; color: var(--soft); font-size: 0.85rem;
          background: var(--card);
        }
        .title a { margin-left: auto; font-size: 0.9rem; }
        .key-field { display: flex; align-items: center; gap: 0.6rem; max-width: 32rem; margin-top: 1rem; }
        .prose { color: var(--soft); max-width: 72ch; }
        .prose p + p { margin-top: 0.6rem; }
        .top .prose { margin-top: 0.75rem; }
        .frame { display: grid; grid-template-columns: minmax(0, 1fr); gap: 2rem; padding-bottom: 4rem; }
        nav { display: none; }
        nav h2 {
          margin: 1rem 0 0.35rem;
          font-size: 0.75rem; text-transform: uppercase; letter-spacing: 0.07em; color: var(--soft);
        }
        nav a {
          display: grid; grid-template-columns: 2.9rem minmax(0, 1fr); align-items: center; gap: 0.5rem;
          padding: 0.3rem 0.5rem; border-radius: 6px; color: var(--ink); text-decoration: none;
          font-size: 0.85rem; overflow-wrap: anywhere;
        }
        nav a.wide { display: block; }
        nav a:hover, nav a[aria-current] { background: var(--card); box-shadow: inset 0 0 0 1px var(--line); }
        nav .method { font-size: 0.62rem; padding: 0.1rem 0; min-width: 0; }
        @media (min-width: 1100px) {
          .frame { grid-template-columns: 14rem minmax(0, 1fr); }
          nav { display: block; position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; }
          nav h2:first-child { margin-top: 0.25rem; }
        }

        section + section { margin-top: 2.5rem; }
        section > h2 { font-size: 1.15rem; letter-spacing: -0.01em; }
        section > .prose { margin-bottom: 0.9rem; }
        .card {
          background: var(--card); border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow);
        }
        .card + .card { margin-top: 0.75rem; }
        summary { cursor: pointer; list-style: none; }
        summary::-webkit-details-marker { display: none; }
        .card > summary {
          display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.8rem; padding: 0.8rem 1rem;
        }
        .card > .members { padding: 0.9rem 1rem 1rem; }
        .card > summary:hover .path { text-decoration: underline; text-underline-offset: 3px; }
        .card[open] > summary { border-bottom: 1px solid var(--line); }
        .card > summary .prose { font-size: 0.92rem; }
        .path { font-weight: 600; font-size: 0.95rem; overflow-wrap: anywhere; }
        .method {
          font: 700 0.72rem/1.5 var(--mono); letter-spacing: 0.04em; min-width: 3.6rem; text-align: center;
          border-radius: 5px; padding: 0.12rem 0.4rem; color: var(--card); background: var(--soft);
        }
        .method.get { background: var(--get); }
        .method.post { background: var(--post); }
        .method.delete { background: var(--delete); }
        .chevron { margin-left: auto; color: var(--soft); transition: transform 0.15s; }
        details[open] > summary > .chevron { transform: rotate(90deg); }
        .operation { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.75rem; padding: 1.1rem 1rem 1.25rem; }
        @media (min-width: 900px) {
          .operation { grid-template-columns: minmax(0, 1.05fr) minmax(0, 1fr); }
          .try {
            position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto;
            margin: -0.5rem; padding: 0.5rem;
          }
        }
        .reference > * + * { margin-top: 1.4rem; }
        h3 {
          margin-bottom: 0.5rem;
          font-size: 0.75rem; text-transform: uppercase; letter-spacing: 0.07em; color: var(--soft);
        }
        h4 { font-size: 0.8rem; font-weight: 600; color: var(--soft); margin: 0.7rem 0 0.3rem; }
        """#
}
