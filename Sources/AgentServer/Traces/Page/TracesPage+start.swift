extension TracesPage {
    /// The script: the keyboard, looking again, the beginning.
    static let startScript = #"""
        function isTyping(target) {
          return target.closest?.("input, textarea, select") !== null;
        }

        function onKey(event) {
          if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
          if (event.key === "Escape") return goBack(event);
          if (isTyping(event.target)) {
            if (event.target.id === "search" && (event.key === "Enter" || event.key === "ArrowDown")) {
              event.preventDefault();
              const id = list.words.trim();
              if (/^tr-[0-9a-f]{32}$/.test(id)) open(id);
              else $("list").focus();
            }
            return;
          }
          if (event.key === "/") {
            event.preventDefault();
            leaveTraceWhereNarrow();
            $("search").focus();
            $("search").select();
          } else if (event.key === "r") {
            refresh();
            if (trace.id) load();
          } else if (event.key === "l") {
            setLive(!list.isLive);
          } else if (["j", "k"].includes(event.key) && trace.id && $("trace").contains(event.target)) {
            treeKey(event);
          } else {
            listKey(event);
          }
        }

        function listKey(event) {
          const isInList = event.target === $("list") || event.target === document.body;
          const page = 8;
          const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -1e6, End: 1e6 };
          if (Object.hasOwn(steps, event.key) && (isInList || event.key === "j" || event.key === "k")) {
            event.preventDefault();
            moveSelection(steps[event.key]);
            $("list").focus();
          } else if (event.key === "Enter" && isInList && list.selected) {
            event.preventDefault();
            open(list.selected);
          }
        }

        function goBack(event) {
          if (event.target.id === "search" && list.words) {
            $("search").value = "";
            search();
          } else if ($("detail")?.contains(event.target)) {
            $("tree").focus();
          } else if (isTyping(event.target)) {
            $("list").focus();
          } else if (trace.id) {
            close();
          }
        }

        const isNarrow = () => matchMedia("(max-width: 899px)").matches;

        function leaveTraceWhereNarrow() {
          if (trace.id && isNarrow()) close();
        }

        function search() {
          list.words = $("search").value;
          showList();
        }

        async function tick() {
          if (!document.hidden && $("door").hidden) {
            const runs = [...list.rows.values()].some((row) => row.state === "IN_PROGRESS");
            const turn = (tick.turns = (tick.turns ?? 0) + 1);
            const jobs = [];
            // Once a second where something moves, else now and then.
            if (list.isLive && (runs || turn % 3 === 0)) jobs.push(refresh());
            if (trace.value?.state === "IN_PROGRESS") jobs.push(load());
            await Promise.all(jobs);
            showTimes();
          }
          setTimeout(tick, 1000);
        }

        function begin() {
          $("trace").replaceChildren(hint());
          $("rows").addEventListener("click", (event) => {
            const row = event.target.closest(".row");
            if (row) open(row.dataset.trace);
          });
          $("states").addEventListener("click", (event) => {
            const chip = event.target.closest("button");
            if (chip) setState(chip.value);
          });
          $("session").addEventListener("change", () => setSession($("session").value.trim()));
          $("since").addEventListener("change", () => {
            list.span = Number($("since").value);
            reload();
          });
          $("search").addEventListener("input", search);
          $("live").addEventListener("click", () => setLive(!list.isLive));
          $("more").addEventListener("click", loadMore);
          $("door").addEventListener("submit", giveKey);
          document.addEventListener("keydown", onKey);
          document.addEventListener("visibilitychange", () => !document.hidden && list.isLive && refresh());
          addEventListener("hashchange", openHash);
          refresh().then(() => {
            if (!trace.id && $("door").hidden) $("list").focus();
          });
          openHash();
          setTimeout(tick, 1000);
        }

        begin();
        """#
}
