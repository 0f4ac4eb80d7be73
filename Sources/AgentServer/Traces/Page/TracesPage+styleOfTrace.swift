extension TracesPage {
    /// The style sheet of what shows one trace, and of narrow and wide windows.
    static let styleOfTrace = #"""
        main { overflow-y: auto; min-width: 0; padding: 1.1rem 1.5rem 3rem; }
        .hint {
          display: grid; place-content: center; justify-items: center; gap: 0.5rem; min-height: 60%;
          text-align: center;
        }
        .hint .icon { font-size: 2.4rem; color: var(--line); }
        .back {
          display: none; align-items: center; gap: 0.3rem; border: 0; background: none; color: var(--accent);
          padding: 0; margin-bottom: 0.7rem; cursor: pointer;
        }
        .back .icon { transform: rotate(180deg); }
        .title { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.9rem; }
        #facts { display: grid; gap: 0.8rem; }
        #facts dl { display: flex; flex-wrap: wrap; gap: 0.5rem 1.75rem; }
        #facts dt { font-size: 0.75rem; color: var(--soft); }
        #facts dd { min-width: 0; overflow-wrap: anywhere; }
        #facts dd .small { margin-left: 0.25rem; padding: 0 0.4rem; font-size: 0.75rem; }
        .parts {
          display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; margin-top: 1.1rem; align-items: start;
        }
        .waterfall, #detail {
          background: var(--card); border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow);
          min-width: 0;
        }
        .waterfall { overflow: hidden; }
        #tree { max-height: min(46vh, 34rem); overflow-y: auto; padding: 0.25rem 0; scrollbar-gutter: stable; }
        .axis { overflow: hidden; scrollbar-gutter: stable; overflow-y: hidden; }
        .axis, .span-row { display: grid; grid-template-columns: minmax(9rem, 38%) minmax(0, 1fr); }
        .axis { font-size: 0.75rem; color: var(--soft); border-bottom: 1px solid var(--line); height: 1.9rem; }
        .axis-marks { position: relative; margin: 0 1rem 0 0.75rem; }
        .axis-marks > span {
          position: absolute; top: 0.4rem; padding-left: 0.3rem; border-left: 1px solid var(--line);
          white-space: nowrap; font-variant-numeric: tabular-nums;
        }
        .span-row {
          align-items: center; min-height: 1.9rem; cursor: pointer; color: var(--ink); --kind: var(--other);
        }
        .span-row:hover { background: var(--sunk); }
        .span-row[aria-selected="true"] { background: var(--tint); }
        #tree:focus-visible { outline: none; }
        #tree:focus-visible .span-row[aria-selected="true"] {
          outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 6px;
        }
        .model { --kind: var(--model); } .tool { --kind: var(--tool); } .search, .vector, .order { --kind: var(--search); }
        .agent { --kind: var(--agent); } .chain, .memory, .braces { --kind: var(--chain); } .shield { --kind: var(--good); }
        .span-name {
          display: flex; align-items: center; gap: 0.4rem; min-width: 0;
          padding: 0.15rem 0.5rem 0.15rem calc(0.4rem + var(--depth, 0) * 0.9rem);
        }
        .span-name .text { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .span-name > .icon.error { color: var(--bad); } .span-name > .icon.running { color: var(--live); }
        .fold { width: 1rem; flex: none; color: var(--soft); display: grid; place-items: center; }
        .fold .icon { transition: transform 0.12s; }
        [aria-expanded="true"] > .span-name .fold .icon { transform: rotate(90deg); }
        .badge {
          display: grid; place-items: center; width: 1.35rem; height: 1.35rem; border-radius: 5px; flex: none;
          color: var(--kind, var(--other)); background: color-mix(in srgb, var(--kind, var(--other)) 15%, transparent);
        }
        .span-row.failed .text { color: var(--bad); }
        .track {
          position: relative; height: 100%; min-height: 1.9rem; margin: 0 1rem 0 0.75rem;
          background: repeating-linear-gradient(to right, var(--line) 0 1px, transparent 1px var(--step, 25%));
        }
        .bar {
          position: absolute; top: 0.5rem; bottom: 0.5rem; border-radius: 4px; min-width: 3px;
          background: color-mix(in srgb, var(--kind, var(--other)) 75%, var(--card));
        }
        .span-row.failed .bar {
          background: repeating-linear-gradient(-45deg, var(--bad) 0 5px, color-mix(in srgb, var(--bad) 70%, var(--card)) 5px 9px);
        }
        .span-row.open .bar {
          background: linear-gradient(
            to right, color-mix(in srgb, var(--kind, var(--other)) 75%, var(--card)),
            color-mix(in srgb, var(--kind, var(--other)) 20%, var(--card))
          );
          border-right: 2px solid var(--live); border-radius: 4px 0 0 4px;
        }
        .bar-label {
          position: absolute; top: 0; line-height: 1.9rem; font-size: 0.75rem; color: var(--soft);
          white-space: nowrap; font-variant-numeric: tabular-nums;
        }
        .bar-label.inside {
          top: 0.38rem; line-height: 1.15rem; padding: 0 0.35rem; border-radius: 4px; color: var(--ink);
          background: var(--card);
        }
        .waterfall .more { margin: 0.5rem 1rem; }

        #detail { padding: 1rem 1.1rem 1.3rem; }
        #detail:focus-visible { outline-offset: -2px; }
        #detail > header {
          display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.6rem;
        }
        .numbers { margin: 0.3rem 0 0; font-size: 0.88rem; }
        #detail > .banner { margin-top: 0.8rem; }
        .failure { white-space: normal; }
        .failure > div { min-width: 0; flex: 1; white-space: pre-wrap; }
        .failure summary { cursor: pointer; margin-top: 0.3rem; font-size: 0.85rem; }
        .failure pre { margin-top: 0.3rem; overflow-x: auto; white-space: pre; color: var(--ink); }
        .part { margin-top: 1.1rem; }
        .part-head { display: flex; align-items: center; gap: 0.5rem; margin-bottom: 0.45rem; }
        .part-head h4 { margin-right: auto; }
        .choice { display: inline-flex; }
        .choice .small { border-radius: 0; margin-left: -1px; }
        .choice .small:first-child { border-radius: 6px 0 0 6px; } .choice .small:last-child { border-radius: 0 6px 6px 0; }
        .plain, .value {
          background: var(--sunk); border: 1px solid var(--line); border-radius: 8px; padding: 0.55rem 0.75rem;
          overflow-x: auto;
        }
        .plain, .bubble .text, .banner .text, .leaf .string, .attributes .text {
          white-space: pre-wrap; overflow-wrap: anywhere;
        }
        .value, .branch, .leaf { font-family: var(--mono); font-size: 0.83rem; line-height: 1.6; }
        .value .branch, .value .leaf, .branch .branch, .branch .leaf { font-size: inherit; }
        .value { font-size: 0.83rem; }
        .branch > summary {
          cursor: pointer; list-style: none; display: flex; align-items: center; gap: 0.35rem; border-radius: 4px;
          min-width: 0;
        }
        .branch > summary::-webkit-details-marker { display: none; }
        .branch > summary > .icon { font-size: 0.75rem; color: var(--soft); transition: transform 0.12s; }
        .branch[open] > summary > .icon { transform: rotate(90deg); }
        .branch .brief { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .members { padding-left: 0.85rem; margin-left: 0.32rem; border-left: 1px solid var(--line); }
        .leaf { padding-left: 1.1rem; }
        .members > .leaf { padding-left: 1.1rem; }
        .leaf > .key::after, summary > .key::after { content: ":"; color: var(--soft); margin-right: 0.4rem; }
        .key { color: var(--key); overflow-wrap: anywhere; } .string { color: var(--string); }
        .number { color: var(--number); } .word { color: var(--word); }
        .more { margin: 0.2rem 0; }

        .chat { display: grid; gap: 0.5rem; }
        .bubble {
          border: 1px solid var(--line); border-left: 3px solid var(--hue, var(--line)); border-radius: 8px;
          padding: 0.45rem 0.75rem 0.55rem; background: var(--card); min-width: 0;
        }
        .bubble .role {
          font-size: 0.72rem; font-weight: 700; letter-spacing: 0.04em; color: var(--hue, var(--soft));
          text-transform: capitalize;
        }
        .bubble.user { --hue: var(--accent); background: var(--tint); }
        .bubble.assistant, .bubble.call { --hue: var(--model); }
        .bubble.tool { --hue: var(--tool); }
        .bubble.system, .bubble.developer, .bubble.thought { --hue: var(--soft); background: var(--sunk); }
        .said { display: grid; gap: 0.4rem; min-width: 0; }
        .call-box {
          border: 1px solid var(--line); border-radius: 7px; padding: 0.35rem 0.6rem; background: var(--sunk);
          min-width: 0; overflow-x: auto;
        }
        .call-name { display: flex; align-items: center; gap: 0.4rem; color: var(--tool); font-weight: 600; }
        .attributes { display: grid; gap: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
        .attributes > div {
          display: grid; grid-template-columns: minmax(8rem, 32%) minmax(0, 1fr); gap: 0.75rem;
          padding: 0.3rem 0.75rem;
        }
        .attributes > div + div { border-top: 1px solid var(--line); }
        .attributes dt { color: var(--key); font: 0.83rem/1.6 var(--mono); overflow-wrap: anywhere; }
        .attributes dd { font: 0.83rem/1.6 var(--mono); min-width: 0; }
        .event + .event { margin-top: 0.6rem; }
        .event > .attributes { margin-top: 0.3rem; }

        @media (min-width: 1500px) {
          .parts { grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr); }
          .waterfall { position: sticky; top: 0; }
          #tree { max-height: calc(100vh - 6rem); }
        }
        @media (max-width: 899px) {
          .frame { display: block; height: auto; min-height: 100%; }
          html, body { height: auto; }
          aside { border-right: 0; min-height: 100vh; }
          .scroll { overflow: visible; }
          main { display: none; padding: 0.9rem 0.9rem 3rem; overflow: visible; }
          .shows-trace aside { display: none; }
          .shows-trace main { display: block; }
          .back { display: inline-flex; }
          #facts dl { gap: 0.5rem 1.2rem; }
          .axis, .span-row { grid-template-columns: minmax(8rem, 46%) minmax(0, 1fr); }
          .axis-marks > span:nth-child(even) { display: none; }
          .attributes > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
          #detail { padding: 0.8rem; }
        }
        @media (forced-colors: active) { .bar, .tiny > span { forced-color-adjust: none; } }
        """#
}
