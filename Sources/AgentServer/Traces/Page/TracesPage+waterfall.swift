extension TracesPage {
    /// The script: spans as a tree, and on an axis of time.
    static let waterfallScript = #"""
        const spanKinds = {
          LLM: "model", CHAT_MODEL: "model", TOOL: "tool", AGENT: "agent", RETRIEVER: "search", CHAIN: "chain",
          EMBEDDING: "vector", PARSER: "braces", RERANKER: "order", MEMORY: "memory", WORKFLOW: "chain", TASK: "chain",
          GUARDRAIL: "shield", EVALUATOR: "shield",
        };
        const manyRows = 1000;

        const kindOf = (span) => spanKinds[span.span_type] ?? (span.parent_span_id ? "step" : "agent");

        // Spans in the order of a tree, with their depth; those whose parent is elsewhere stand at the top.
        function treeOf(spans) {
          const ids = new Set(spans.map((span) => span.span_id));
          const children = new Map();
          const roots = [];
          for (const span of spans) {
            const parent = span.parent_span_id;
            if (parent && ids.has(parent) && parent !== span.span_id) {
              children.has(parent) ? children.get(parent).push(span) : children.set(parent, [span]);
            } else {
              roots.push(span);
            }
          }
          const rows = [];
          const stack = roots.reverse().map((span) => ({ span, depth: 0 }));
          while (stack.length) {
            const row = stack.pop();
            const below = children.get(row.span.span_id) ?? [];
            row.isParent = below.length > 0;
            rows.push(row);
            if (!row.isParent || trace.folded.has(row.span.span_id)) continue;
            for (const span of [...below].reverse()) stack.push({ span, depth: row.depth + 1 });
          }
          return rows;
        }

        // A step of 1, 2 or 5 by which an axis has a few marks.
        function niceStep(length, marks) {
          const raw = length / marks;
          const power = 10 ** Math.floor(Math.log10(raw));
          return power * ([1, 2, 5, 10].find((step) => step * power >= raw) ?? 10);
        }

        function timesOf(value) {
          const root = value.spans[0];
          const start = number(root.start_time_unix_nano);
          const end = root.end_time_unix_nano === null ? start + value.execution_duration_ms * 1e6
            : number(root.end_time_unix_nano);
          const all = value.spans.map((span) => number(span.end_time_unix_nano ?? end));
          return { start, end: Math.max(end, start + 1000, ...(all.length < 5000 ? all : [])) };
        }

        function showTree() {
          const value = trace.value;
          const { start, end } = timesOf(value);
          const length = (end - start) / 1e6;
          const step = niceStep(length, 4);
          const marks = [];
          for (let at = 0; at < length * 0.92; at += step) marks.push(at);
          $("axis").replaceChildren(el("span", { class: "axis-names" }),
            el("span", { class: "axis-marks" }, marks.map((at) => {
            const place = el("span", {}, at ? mark(at) : "0");
            place.style.left = `${((at / length) * 100).toFixed(2)}%`;
            return place;
          })));
          const tree = $("tree");
          tree.style.setProperty("--step", `${((step / length) * 100).toFixed(3)}%`);
          const rows = treeOf(value.spans);
          const shown = trace.allShown ? rows : rows.slice(0, manyRows);
          tree.replaceChildren(...shown.map((row) => spanRow(row, start, end)));
          if (shown.length < rows.length) {
            tree.append(el("li", { role: "none" }, el("button", { type: "button", class: "small more",
              id: "all-spans" }, `Show all ${count.format(rows.length)} spans`)));
          }
          markSpan();
        }

        function spanRow({ span, depth, isParent }, start, end) {
          const from = number(span.start_time_unix_nano);
          const isOpen = span.end_time_unix_nano === null;
          const to = isOpen ? end : number(span.end_time_unix_nano);
          const failed = span.status.code === "ERROR";
          const left = ((from - start) / (end - start)) * 100;
          const width = ((to - from) / (end - start)) * 100;
          const lasts = duration((to - from) / 1e6);
          const bar = el("span", { class: "bar" });
          bar.style.left = `${Math.min(99.6, left).toFixed(3)}%`;
          bar.style.width = `${Math.max(0.4, Math.min(width, 100 - left)).toFixed(3)}%`;
          const label = el("span", { class: "bar-label" }, lasts);
          // Where there is room: behind the bar, or before it.
          if (left + width < 78) label.style.left = `calc(${(left + width).toFixed(3)}% + 6px)`;
          else if (left > 30) label.style.right = `calc(${(100 - left).toFixed(3)}% + 6px)`;
          else {
            label.classList.add("inside");
            label.style.left = `calc(${left.toFixed(3)}% + 6px)`;
          }
          const name = el("span", { class: "span-name" },
            el("span", { class: `fold${isParent ? "" : " none"}` }, isParent ? icon("chevron") : ""),
            el("span", { class: "badge" }, icon(kindOf(span))), el("span", { class: "text", dir: "auto" }, span.name),
            failed && icon("error", "failed"), isOpen && icon("running", "goes on"));
          name.style.setProperty("--depth", String(Math.min(depth, 12)));
          return el(
            "li", {
              class: `span-row ${kindOf(span)}${failed ? " failed" : ""}${isOpen ? " open" : ""}`, role: "treeitem",
                id: `span-${span.span_id}`,
              "data-span": span.span_id, "aria-level": depth + 1, "aria-selected": "false",
              "aria-expanded": isParent ? String(!trace.folded.has(span.span_id)) : null,
              "aria-label": `${span.name}, ${span.span_type}, ${lasts}${failed ? ", failed" : isOpen ? ", goes on" : ""}`,
            },
            name, el("span", { class: "track" }, bar, label));
        }

        function markSpan() {
          for (const row of $("tree").children) row.setAttribute("aria-selected",
            String(row.dataset.span === trace.span));
          if (trace.span) $("tree").setAttribute("aria-activedescendant", `span-${trace.span}`);
        }

        function selectSpan(id) {
          if (!id || id === trace.span) return;
          trace.span = id;
          markSpan();
          $(`span-${id}`)?.scrollIntoView({ block: "nearest" });
          setHash();
          showDetail();
        }

        function fold(id, isFolded) {
          isFolded ? trace.folded.add(id) : trace.folded.delete(id);
          showTree();
        }

        function treeClick(event) {
          if (event.target.id === "all-spans") {
            trace.allShown = true;
            return showTree();
          }
          const row = event.target.closest(".span-row");
          if (!row) return;
          if (event.target.closest(".fold:not(.none)")) fold(row.dataset.span,
            row.getAttribute("aria-expanded") === "true");
          selectSpan(row.dataset.span);
        }

        function treeKey(event) {
          if (event.altKey || event.ctrlKey || event.metaKey) return;
          const rows = [...$("tree").querySelectorAll(".span-row")];
          const place = rows.findIndex((row) => row.dataset.span === trace.span);
          const row = rows[place];
          const go = (index) => selectSpan(rows[Math.max(0, Math.min(rows.length - 1, index))]?.dataset.span);
          const isExpanded = row?.getAttribute("aria-expanded");
          const actions = {
            ArrowDown: () => go(place + 1), j: () => go(place + 1), ArrowUp: () => go(place - 1),
              k: () => go(place - 1),
            Home: () => go(0), End: () => go(rows.length - 1),
            ArrowRight: () => (isExpanded === "false" ? fold(trace.span, false) : isExpanded === "true"
              && go(place + 1)),
            ArrowLeft: () => {
              if (isExpanded === "true") return fold(trace.span, true);
              const parent = trace.value.spans.find((span) => span.span_id === trace.span)?.parent_span_id;
              if (rows.some((other) => other.dataset.span === parent)) selectSpan(parent);
            },
            Enter: () => {
              $("detail").focus();
              $("detail").scrollIntoView({ block: "nearest" });
            },
            " ": () => isExpanded && fold(trace.span, isExpanded === "true"),
          };
          if (!Object.hasOwn(actions, event.key)) return;
          event.preventDefault();
          event.stopPropagation();
          actions[event.key]();
        }
        """#
}
