extension TracesPage {
    /// The script: one trace.
    static let traceScript = #"""
        const trace = { id: null, value: null, text: "", span: null, folded: new Set(), generation: 0,
          allShown: false };

        function open(id, span = null) {
          if (trace.id !== id) {
            trace.generation += 1;
            Object.assign(trace, { id, value: null, text: "", span, folded: new Set(), allShown: false });
            $("trace").replaceChildren(el("p", { class: "soft hint" }, "Reading the trace …"));
            document.body.classList.add("shows-trace");
            load().then(() => $("tree")?.focus());
          } else {
            $("tree")?.focus();
          }
          if (list.rows.has(id)) select(id);
          markSelected();
          setHash();
        }

        function close() {
          const id = trace.id;
          trace.generation += 1;
          Object.assign(trace, { id: null, value: null, span: null });
          document.body.classList.remove("shows-trace");
          $("trace").replaceChildren(hint());
          markSelected();
          setHash();
          $("list").focus();
          if (id && list.rows.has(id)) select(id);
        }

        function hint() {
          return el("div", { class: "hint" }, icon("chain"),
            el("p", {}, "Choose a trace to see what happened in it."),
            el("p", { class: "soft" }, el("kbd", {}, "j"), el("kbd", {}, "k"), " to move, ", el("kbd", {}, "Enter"),
              " to open, ",
              el("kbd", {}, "/"), " to search, ", el("kbd", {}, "Esc"), " to go back."));
        }

        function setHash() {
          const hash = trace.id ? `#${trace.id}${trace.span ? `/${trace.span}` : ""}` : "";
          if (location.hash !== hash) history.replaceState(null, "", hash || location.pathname + location.search);
        }

        function openHash() {
          const found = location.hash.match(/^#(tr-[0-9a-f]{32}(?::[0-9a-f]{16})?)(?:\/([0-9a-f]{16}))?$/);
          if (found) open(found[1], found[2] ?? null);
          else if (trace.id) close();
        }

        async function load() {
          const generation = trace.generation;
          try {
            const { value, text } = await ask(`../traces/${trace.id}`);
            if (generation !== trace.generation) return;
            // Nothing is new, but for how long it has gone on.
            const isNew = text !== trace.text;
            trace.text = text;
            if (isNew) showTrace(value);
          } catch (error) {
            if (generation !== trace.generation) return;
            if (error.status === 401) return showTrouble(error);
            // What is on the page stays.
            if (!trace.value) $("trace").replaceChildren(backButton(), el("p", { class: "banner bad" }, error.message));
          }
        }

        function backButton() {
          return el("button", { type: "button", class: "back", click: close }, icon("chevron"), "All traces");
        }

        function showTrace(value) {
          const wasThere = trace.value !== null;
          trace.value = value;
          const spans = value.spans;
          if (!spans.some((span) => span.span_id === trace.span)) {
            trace.span = spans.find((span) => span.status.code === "ERROR"
              && span.parent_span_id)?.span_id ?? spans[0]?.span_id ?? null;
          }
          if (!wasThere) {
            $("trace").replaceChildren(
              backButton(), el("header", { id: "facts" }),
              el("div", { class: "parts" },
                el("section", { class: "waterfall", "aria-label": "Spans" },
                  el("div", { class: "axis", id: "axis", "aria-hidden": "true" }),
                  el("ul", { id: "tree", role: "tree", tabindex: "0", "aria-label": "Spans of the trace",
                    keydown: treeKey, click: treeClick })),
                el("section", { id: "detail", tabindex: "-1", "aria-label": "The selected span" })));
          }
          showFacts(value);
          showTree();
          showDetail();
        }

        function showFacts(value) {
          // Who is about to use a button here shall find it where it was.
          if ($("facts").contains(document.activeElement)) {
            $("took").textContent = duration(value.execution_duration_ms);
            return;
          }
          const time = Date.parse(value.request_time);
          const usage = value.token_usage;
          const fact = (name, ...content) => el("div", {}, el("dt", {}, name), el("dd", {}, content));
          const tags = Object.entries(value.tags).filter(([name]) => name !== "mlflow.traceName");
          const failure = value.spans[0]?.status;
          const sessionButton = value.session
            && el("button", { type: "button", class: "chip", dir: "auto", title: "Show this session's traces",
              click: () => setSession(value.session) }, value.session);
          fill($("facts"),
            el("div", { class: "title" }, el("h2", { dir: "auto" }, value.name), stateMark(value.state, true)),
            el("dl", {},
              fact("Began", el("time", { datetime: value.request_time, title: value.request_time },
                clock.format(time))),
              fact(value.state === "IN_PROGRESS" ? "Lasts" : "Took",
                el("span", { id: "took" }, duration(value.execution_duration_ms))),
              fact("Spans", count.format(value.spans.length),
                value.dropped_spans ? ` (${value.dropped_spans} left out)` : ""),
              usage && fact("Tokens", `${count.format(usage.total_tokens)} `,
                el("span", { class: "soft" },
                  `${count.format(usage.input_tokens)} in, ${count.format(usage.output_tokens)} out`)),
              sessionButton && fact("Session", sessionButton),
              value.user && fact("User", el("span", { dir: "auto" }, value.user)),
              value.principal && fact("Principal", el("span", { dir: "auto" }, value.principal)),
              tags.length > 0 && fact("Tags", el("span", { class: "chips" }, tags.map(([name, tag]) => el("span",
                { class: "chip", dir: "auto" }, `${name}: ${tag}`)))),
              fact("Id", el("code", {}, value.trace_id), " ", copyButton(() => value.trace_id), " ",
                copyButton(() => trace.text, "Copy JSON"))),
            failure?.code === "ERROR" && failure.message && el("p", { class: "banner bad", dir: "auto" }, icon("error"),
              textView(failure.message)),
          );
        }
        """#
}
