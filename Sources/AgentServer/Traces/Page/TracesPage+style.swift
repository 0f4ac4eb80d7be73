extension TracesPage {
    /// The style sheet, but for what shows one trace. Colours stand once for light and once for dark.
    static let style = #"""
        :root {
          color-scheme: light dark;
          --ground: #f6f7f9; --card: #ffffff; --sunk: #f1f3f7; --line: #dde1e8; --ink: #1a1f2b; --soft: #586174;
          --accent: #3b4fd8; --tint: #edf0ff; --on-accent: #ffffff;
          --good: #0b7a53; --bad: #b3261e; --bad-tint: #fdeceb; --live: #0a63c4; --live-tint: #e7f1fd;
          --key: #8a2f78; --string: #0b6b4a; --number: #9a4a00; --word: #3b4fd8;
          --model: #7c4dff; --tool: #c26a00; --search: #0a7d8c; --agent: #3b4fd8; --chain: #5b6b8c; --other: #6c7486;
          --shadow: 0 1px 2px rgb(20 28 50 / 6%), 0 4px 16px rgb(20 28 50 / 5%);
          --mono: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, monospace;
          font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #10131a; --card: #181c25; --sunk: #12161e; --line: #2b313e; --ink: #e6e9f0; --soft: #9aa4b8;
            --accent: #93a4ff; --tint: #20273d; --on-accent: #10131a;
            --good: #4cc79a; --bad: #ff8a80; --bad-tint: #351d20; --live: #7ab8ff; --live-tint: #182a40;
            --key: #e39ad3; --string: #7fd6ab; --number: #f0b357; --word: #93a4ff;
            --model: #b69cff; --tool: #f0a64a; --search: #5fcbd8; --agent: #93a4ff; --chain: #a3b1cc; --other: #98a2b5;
            --shadow: none;
          }
        }
        * { box-sizing: border-box; }
        [hidden] { display: none !important; }
        html, body { height: 100%; }
        body { margin: 0; background: var(--ground); color: var(--ink); }
        h1, h2, h3, h4, p, dl, dd, ul, ol, pre { margin: 0; }
        ul, ol { padding: 0; list-style: none; }
        h1 { font-size: 1.25rem; letter-spacing: -0.01em; }
        h2 { font-size: 1.3rem; line-height: 1.3; letter-spacing: -0.01em; overflow-wrap: anywhere; }
        h3 { font-size: 1.02rem; overflow-wrap: anywhere; }
        h4 { font-size: 0.75rem; text-transform: uppercase; letter-spacing: 0.07em; color: var(--soft); }
        code, pre, .mono { font-family: var(--mono); font-size: 0.9em; overflow-wrap: anywhere; }
        kbd {
          font: 0.85em var(--mono); border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px;
          padding: 0 0.35em; margin: 0 0.1em; background: var(--card);
        }
        [dir="auto"] { unicode-bidi: isolate; }
        .soft { color: var(--soft); }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        .skip { position: absolute; left: -999px; }
        .skip:focus { left: 1rem; top: 0.5rem; background: var(--card); padding: 0.5rem 1rem; z-index: 2; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
        .icon {
          width: 1em; height: 1em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.6;
          stroke-linecap: round; stroke-linejoin: round; vertical-align: -0.125em;
        }
        .icon.running { animation: turn 1.1s linear infinite; }
        @keyframes turn { to { transform: rotate(1turn); } }
        @keyframes beat { 50% { opacity: 0.35; } }
        @media (prefers-reduced-motion: reduce) {
          *, *::before, *::after { animation: none !important; transition: none !important; }
        }

        button, input, select { font: inherit; color: inherit; }
        input, select {
          background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: 0.34rem 0.6rem;
          min-width: 0; width: 100%;
        }
        input::placeholder { color: var(--soft); opacity: 1; }
        input.set { border-color: var(--accent); background: var(--tint); }
        .small {
          border: 1px solid var(--line); background: var(--card); border-radius: 6px; padding: 0.1rem 0.55rem;
          font-size: 0.85rem; cursor: pointer; white-space: nowrap;
        }
        .small:hover { border-color: var(--soft); }
        .small[aria-pressed="true"] {
          background: var(--accent); border-color: var(--accent); color: var(--on-accent);
        }
        .small:disabled { opacity: 0.5; cursor: default; }
        .chip {
          border: 1px solid var(--line); border-radius: 99px; padding: 0 0.55rem; font-size: 0.82rem;
          background: var(--card); max-width: 14rem; overflow: hidden; text-overflow: ellipsis;
          white-space: nowrap;
        }
        button.chip { cursor: pointer; color: var(--accent); }
        .chips { display: flex; flex-wrap: wrap; gap: 0.35rem; min-width: 0; }
        .pill {
          border: 1px solid var(--line); border-radius: 5px; padding: 0 0.4rem; font: 0.75rem/1.6 var(--mono);
          color: var(--soft); overflow-wrap: anywhere;
        }
        .pair { display: flex; gap: 0.5rem; }
        .banner {
          display: flex; gap: 0.6rem; border-radius: 8px; padding: 0.6rem 0.8rem; border: 1px solid;
          overflow-wrap: anywhere; white-space: pre-wrap;
        }
        .banner .icon { margin-top: 0.25em; }
        .banner.bad {
          background: var(--bad-tint); border-color: color-mix(in srgb, var(--bad) 35%, transparent);
          color: var(--bad);
        }

        .state {
          display: inline-flex; align-items: center; gap: 0.3rem; font-size: 0.8rem; font-weight: 600;
          white-space: nowrap;
        }
        .state.good { color: var(--good); } .state.bad { color: var(--bad); } .state.live { color: var(--live); }
        .state.wide { border: 1px solid currentColor; border-radius: 99px; padding: 0.05rem 0.6rem; }

        .frame { display: grid; grid-template-columns: minmax(20rem, 27rem) minmax(0, 1fr); height: 100%; }
        aside {
          display: flex; flex-direction: column; min-height: 0; border-right: 1px solid var(--line);
          background: var(--card);
        }
        .top { display: flex; align-items: baseline; gap: 0.6rem; padding: 0.9rem 1rem 0.6rem; }
        #live { margin-left: auto; display: inline-flex; align-items: center; gap: 0.4rem; align-self: center; }
        #live[aria-pressed="true"] {
          background: var(--live-tint); border-color: color-mix(in srgb, var(--live) 40%, transparent);
          color: var(--live);
        }
        .dot { width: 0.5rem; height: 0.5rem; border-radius: 50%; background: var(--soft); }
        #live[aria-pressed="true"] .dot { background: var(--live); animation: beat 2s ease-in-out infinite; }
        .filters { display: grid; gap: 0.5rem; padding: 0 1rem 0.75rem; border-bottom: 1px solid var(--line); }
        .filters select { width: auto; flex: none; padding-right: 0.3rem; }
        .door {
          display: grid; gap: 0.4rem; margin: 0.9rem 1rem; padding: 0.9rem; border: 1px solid var(--line);
          border-radius: 10px; background: var(--sunk);
        }
        .door label { font-weight: 600; font-size: 0.85rem; }
        #trouble { margin: 0.9rem 1rem 0; }
        .scroll { overflow-y: auto; flex: 1; min-height: 0; padding-bottom: 1rem; }
        #list:focus-visible { outline: none; }
        #list:focus-visible .row[aria-selected="true"] {
          outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 6px;
        }
        #more { margin: 0.75rem 1rem; }
        .empty { padding: 2rem 1rem; text-align: center; }

        .row {
          display: grid; gap: 0.15rem; padding: 0.6rem 1rem 0.65rem; border-bottom: 1px solid var(--line);
          border-left: 3px solid transparent; cursor: pointer;
        }
        .row:hover { background: var(--sunk); }
        .row[aria-selected="true"] { background: var(--sunk); }
        .row.bad { border-left-color: var(--bad); } .row.live { border-left-color: var(--live); }
        .row.open { background: var(--tint); }
        .line { display: flex; align-items: center; gap: 0.6rem; min-width: 0; }
        .row .name { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .row .when { margin-left: auto; font-size: 0.82rem; white-space: nowrap; }
        .asked, .answered { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-height: 1.5em; }
        .answered { font-size: 0.93em; }
        .answered:empty { display: none; }
        .facts { font-size: 0.82rem; margin-top: 0.1rem; }
        .lasts { min-width: 3.8rem; font-variant-numeric: tabular-nums; }
        .tiny {
          width: 3.4rem; height: 4px; border-radius: 2px; background: var(--line); overflow: hidden; flex: none;
        }
        .tiny > span { display: block; height: 100%; border-radius: 2px; background: var(--soft); }
        .row.bad .tiny > span { background: var(--bad); } .row.live .tiny > span { background: var(--live); }
        .tokens { white-space: nowrap; font-variant-numeric: tabular-nums; }
        .facts .chip { margin-left: auto; flex: 0 1 auto; min-width: 3rem; }
        """#
}
