extension DocsPage {
    /// The style of what operations are made of: schemas, answers, the form, the events of a stream.
    static let styleOfParts = #"""
        .tree { border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
        .tree .tree { border: 0; border-left: 2px solid var(--line); border-radius: 0; margin: 0 0 0.4rem 1rem; }
        .row { padding: 0.4rem 0.75rem 0.4rem 1.65rem; position: relative; }
        .row + .row, .row + details, details + .row, .tree > details + details { border-top: 1px solid var(--line); }
        summary.row::before {
          content: "›"; position: absolute; left: 0.7rem; font-weight: 700; color: var(--accent);
          transition: transform 0.15s;
        }
        details[open] > summary.row::before { transform: rotate(90deg); }
        summary.row:hover { background: var(--sunk); }
        .row .name { font: 600 0.86rem/1.4 var(--mono); overflow-wrap: anywhere; }
        .row .type { font: 0.8rem/1.4 var(--mono); color: var(--accent); overflow-wrap: anywhere; }
        .row .limits { font-size: 0.75rem; color: var(--soft); overflow-wrap: anywhere; }
        .row .limits:empty { display: none; }
        .row .needed { font-size: 0.72rem; color: var(--bad); }
        .row .head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.1rem 0.6rem; }
        .row .prose { font-size: 0.88rem; }
        .answer { border: 1px solid var(--line); border-radius: 8px; }
        .answer + .answer { margin-top: 0.4rem; }
        .answer > summary {
          display: flex; align-items: baseline; gap: 0.7rem; padding: 0.45rem 0.75rem; font-size: 0.92rem;
        }
        .answer > summary:hover { background: var(--sunk); border-radius: 8px; }
        .answer > div { padding: 0 0.75rem 0.75rem; }
        .status { font: 700 0.85rem/1.5 var(--mono); color: var(--soft); white-space: nowrap; }
        .status.good { color: var(--good); }
        .status.bad { color: var(--bad); }
        .code {
          margin: 0; padding: 0.65rem 0.8rem;
          background: var(--sunk); border: 1px solid var(--line); border-radius: 8px;
          font-size: 0.8rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; overflow: auto;
          max-height: 28rem;
        }
        .key { color: var(--key); }
        .string { color: var(--string); }
        .number { color: var(--number); }
        .word { color: var(--word); }

        .try { display: grid; gap: 0.8rem; min-width: 0; }
        .try > * { min-width: 0; }
        .try h3 { margin: 0; }
        .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; }
        .bar { justify-content: flex-end; }
        .bar > h3, .bar > .caption { margin-right: auto; }
        .caption { font-size: 0.85rem; color: var(--soft); }
        .bar + .code { margin-top: 0.3rem; }
        label { font-size: 0.85rem; color: var(--soft); }
        textarea, input, select {
          width: 100%; padding: 0.45rem 0.65rem; font-size: 0.85rem;
          color: inherit; background: var(--sunk); border: 1px solid var(--line); border-radius: 8px;
        }
        input { font-family: var(--mono); }
        select { width: auto; max-width: 100%; padding: 0.3rem 0.4rem; font-family: inherit; }
        textarea { line-height: 1.5; resize: vertical; min-height: 9rem; tab-size: 2; }
        textarea[aria-invalid="true"] { border-color: var(--bad); }
        .field { display: grid; gap: 0.2rem; }
        .hint { font-size: 0.8rem; color: var(--warn); min-height: 1.2em; }
        button {
          font: 600 0.85rem/1.4 inherit; font-family: inherit; color: inherit; background: var(--card); cursor: pointer;
          border: 1px solid var(--line); border-radius: 7px; padding: 0.35rem 0.8rem;
        }
        button:hover:enabled { border-color: var(--accent); }
        button:disabled { opacity: 0.45; cursor: default; }
        button.send { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
        button.send:hover:enabled { filter: brightness(1.08); }
        button.small { font-size: 0.75rem; padding: 0.15rem 0.55rem; }
        .folded > summary { font-size: 0.85rem; color: var(--soft); }
        .folded > summary::before { content: "› "; font-weight: 700; color: var(--accent); }
        .folded > :not(summary) { margin-top: 0.5rem; }
        .tree + .folded { margin-top: 0.4rem; }
        .folded .field + .field { margin-top: 0.5rem; }
        .result { display: grid; gap: 0.7rem; border-top: 1px solid var(--line); padding-top: 0.8rem; }
        .result > * { min-width: 0; }
        .facts {
          display: flex; flex-wrap: wrap; gap: 0.2rem 0.9rem; align-items: baseline;
          font-size: 0.85rem; color: var(--soft);
        }
        .headers { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.15rem 0.9rem; font-size: 0.8rem; }
        .headers dt { font-family: var(--mono); color: var(--soft); }
        .headers dd { font-family: var(--mono); overflow-wrap: anywhere; }
        .said {
          border-left: 3px solid var(--accent); padding: 0.15rem 0 0.15rem 0.8rem; white-space: pre-wrap;
          overflow-wrap: anywhere; max-height: 20rem; overflow: auto;
        }
        .events { border: 1px solid var(--line); border-radius: 8px; max-height: 26rem; overflow: auto; }
        .events summary {
          display: grid; grid-template-columns: 4.6rem minmax(0, auto) minmax(0, 1fr); gap: 0.6rem;
          align-items: baseline; padding: 0.25rem 0.7rem; font-size: 0.8rem;
        }
        .events > * + * { border-top: 1px solid var(--line); }
        .events summary:hover { background: var(--sunk); }
        .events .when { color: var(--soft); text-align: right; font-variant-numeric: tabular-nums; }
        .events .kind { font-family: var(--mono); overflow-wrap: anywhere; }
        .events .gist { color: var(--soft); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
        .events .code { border-width: 1px 0 0; border-radius: 0; }
        .events p { padding: 0.3rem 0.7rem; font-size: 0.8rem; color: var(--soft); }
        .notice { border-left: 3px solid var(--bad); padding: 0.2rem 0.8rem; }
        """#
}
