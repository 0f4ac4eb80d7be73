extension TracesPage {
    /// The script: the list of traces.
    static let listScript = #"""
        const pageSize = 50;
        const list = {
          rows: new Map(),
          order: [],
          hasMore: false,
          selected: null,
          state: "",
          session: "",
          span: 0,
          words: "",
          isLive: true,
          generation: 0,
        };

        function listPath(after) {
          const query = new URLSearchParams({ limit: String(pageSize) });
          if (list.state) query.set("state", list.state);
          if (list.session) query.set("session", list.session);
          if (list.span) query.set("from", String(Date.now() - list.span * 1000));
          if (after) query.set("after", after);
          return `../traces?${query}`;
        }

        // Reads the newest page, and keeps what was read of older ones.
        async function refresh() {
          const generation = list.generation;
          try {
            const { value } = await ask(listPath());
            if (generation !== list.generation) return;
            hideTrouble();
            const fresh = value.data;
            const ids = new Set(fresh.map((row) => row.id));
            const last = fresh.at(-1);
            // Older pages stay where they join on to this one.
            const joins = last && value.has_more && list.order.includes(last.id);
            const older = joins ? list.order.slice(list.order.indexOf(last.id) + 1).filter((id) => !ids.has(id)) : [];
            if (!joins) list.hasMore = value.has_more;
            const rows = new Map(fresh.map((row) => [row.id, row]));
            for (const id of older) rows.set(id, list.rows.get(id));
            list.rows = rows;
            list.order = [...fresh.map((row) => row.id), ...older];
            showList();
          } catch (error) {
            if (generation === list.generation) showTrouble(error);
          }
        }

        async function loadMore() {
          const generation = list.generation;
          $("more").disabled = true;
          try {
            const { value } = await ask(listPath(list.order.at(-1)));
            if (generation !== list.generation) return;
            for (const row of value.data) {
              if (!list.rows.has(row.id)) list.order.push(row.id);
              list.rows.set(row.id, row);
            }
            list.hasMore = value.has_more;
            showList();
            say(`${list.order.length} traces are loaded`);
          } catch (error) {
            showTrouble(error);
          } finally {
            $("more").disabled = false;
          }
        }

        // Begins anew, with other filters.
        function reload() {
          list.generation += 1;
          list.rows = new Map();
          list.order = [];
          list.hasMore = false;
          $("rows").replaceChildren();
          return refresh();
        }

        function visibleIDs() {
          const words = list.words.toLowerCase().split(/\s+/).filter(Boolean);
          if (!words.length) return list.order;
          return list.order.filter((id) => {
            const row = list.rows.get(id);
            const text = [row.name, row.request_preview, row.response_preview, row.session, row.user, row.principal, id]
              .filter(Boolean).join("\n").toLowerCase();
            return words.every((word) => text.includes(word));
          });
        }

        function showList() {
          const ids = visibleIDs();
          const box = $("rows");
          const longest = Math.max(1000, ...ids.map((id) => list.rows.get(id).execution_duration_ms));
          // Rows that are there already stay in their places, and with them what is pointed at.
          const old = new Map([...box.children].map((row) => [row.dataset.trace, row]));
          ids.forEach((id, index) => {
            const row = list.rows.get(id);
            const text = `${JSON.stringify(row)} ${longest}`;
            let element = old.get(id);
            if (!element || element.text !== text) {
              const made = rowView(row, longest);
              made.text = text;
              element?.replaceWith(made);
              element = made;
            }
            if (box.children[index] !== element) box.insertBefore(element, box.children[index] ?? null);
          });
          while (box.children.length > ids.length) box.lastElementChild.remove();
          if (!ids.includes(list.selected)) list.selected = ids.includes(trace.id) ? trace.id : ids[0] ?? null;
          markSelected();
          $("more").hidden = !list.hasMore;
          $("empty").hidden = ids.length > 0;
          const isFiltered = list.words || list.state || list.session || list.span;
          $("empty").textContent = isFiltered ? "No trace is like that."
            : "No traces yet. Call the agent, and they appear here.";
          const sum = `${count.format(ids.length)}${list.hasMore ? "+" : ""}`;
          $("sum").textContent = `${sum} ${ids.length === 1 ? "trace" : "traces"}`;
          const sessions = new Set(list.order.map((id) => list.rows.get(id).session).filter(Boolean));
          $("sessions").replaceChildren(...[...sessions].slice(0,
            100).map((session) => el("option", { value: session })));
        }

        function rowView(row, longest) {
          const time = Date.parse(row.request_time);
          const bar = el("span", { class: "tiny" }, el("span", {}));
          const share = Math.log1p(row.execution_duration_ms) / Math.log1p(longest);
          bar.firstElementChild.style.width = `${Math.max(3, share * 100).toFixed(1)}%`;
          const usage = row.token_usage;
          return el(
            "li", { class: `row ${states[row.state]?.kind ?? ""}`, role: "option", id: `row-${row.id}`,
              "data-trace": row.id, "aria-selected": "false" },
            el("div", { class: "line" },
              stateMark(row.state), el("span", { class: "name", dir: "auto" }, row.name),
              el("time", { class: "soft when", datetime: row.request_time, title: clock.format(time) }, ago(time))),
            el("div", { class: "asked", dir: "auto" }, row.request_preview ?? ""),
            el("div", { class: "answered soft", dir: "auto" },
              row.response_preview ?? (row.state === "IN_PROGRESS" ? "…" : "")),
            el("div", { class: "line facts soft" },
              el("span", { class: "lasts" }, duration(row.execution_duration_ms)), bar,
              usage && el("span", { class: "tokens", title: `${usage.input_tokens} in, ${usage.output_tokens} out` },
                `${count.format(usage.total_tokens)} tokens`),
              row.session && el("span", { class: "chip", dir: "auto", title: `Session ${row.session}` }, row.session)),
          );
        }

        function markSelected() {
          for (const row of $("rows").children) {
            const isSelected = row.dataset.trace === list.selected;
            row.setAttribute("aria-selected", String(isSelected));
            row.classList.toggle("open", row.dataset.trace === trace.id);
          }
          if (list.selected) $("list").setAttribute("aria-activedescendant", `row-${list.selected}`);
          else $("list").removeAttribute("aria-activedescendant");
        }

        function select(id) {
          list.selected = id;
          markSelected();
          $(`row-${id}`)?.scrollIntoView({ block: "nearest" });
        }

        function moveSelection(step) {
          const ids = [...$("rows").children].map((row) => row.dataset.trace);
          const place = ids.indexOf(list.selected);
          const next = ids[Math.min(ids.length - 1, Math.max(0, place + step))];
          if (next) select(next);
        }

        function showTimes() {
          for (const time of document.querySelectorAll("time.when")) time.textContent = ago(Date.parse(time.dateTime));
        }

        function setState(state) {
          list.state = state;
          for (const chip of $("states").children) chip.setAttribute("aria-pressed", String(chip.value === state));
          reload();
        }

        function setSession(session) {
          list.session = session;
          $("session").value = session;
          $("session").classList.toggle("set", Boolean(session));
          reload();
        }

        function setLive(isLive) {
          list.isLive = isLive;
          $("live").setAttribute("aria-pressed", String(isLive));
          if (isLive) refresh();
        }
        """#
}
