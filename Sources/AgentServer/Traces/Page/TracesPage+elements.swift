extension TracesPage {
    /// The script's tools: elements, icons, times. What comes from outside gets into the page as text alone.
    static let elementsScript = #"""
        function el(tag, attributes, ...children) {
          const element = document.createElement(tag);
          for (const [name, value] of Object.entries(attributes ?? {})) {
            if (value === undefined || value === null || value === false) continue;
            if (typeof value === "function") element.addEventListener(name, value);
            else element.setAttribute(name, value === true ? "" : value);
          }
          element.append(...children.flat(Infinity).filter((child) => child || child === 0));
          return element;
        }

        // The same for an element that is there already.
        function fill(element, ...children) {
          element.replaceChildren(...children.flat(Infinity).filter((child) => child || child === 0));
        }

        const $ = (id) => document.getElementById(id);

        // Strokes on a field of 16 by 16.
        const iconPaths = {
          ok: "M3.5 8.5l3 3 6-7",
          error: "M8 4v5M8 11.6v.2M8 1.8L14.6 13.6H1.4z",
          running: "M8 2a6 6 0 1 0 6 6",
          model: "M8 1.8l1.7 4.5 4.5 1.7-4.5 1.7L8 14.2 6.3 9.7 1.8 8l4.5-1.7z",
          tool: "M13.6 4.2a3.4 3.4 0 0 1-4.5 4.4l-4.9 4.9a1.2 1.2 0 0 1-1.7-1.7l4.9-4.9a3.4 3.4 0 0 1 4.4-4.5L9.7 4.5l1.8 1.8z",
          search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4l3.4 3.4",
          agent: "M4 6.5h8v6H4zM8 6.5V3.4M8 2.4v.2M6.4 9v.8M9.6 9v.8M2.2 8.5v2.5M13.8 8.5v2.5",
          chain: "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7l.8-.8",
          vector: "M3 3v10h10M6 10l2.5-3.5 2 1.6L13 4.5",
          braces: "M6 2.5c-2 0-1.5 2-1.5 3S3.8 8 2.8 8c1 0 1.7.8 1.7 2.5s-.5 3 1.5 3M10 2.5c2 0 1.5 2 1.5 3s.7 2.5 1.7 2.5c-1 0-1.7.8-1.7 2.5s.5 3-1.5 3",
          order: "M2.5 4h11M2.5 8h7.5M2.5 12h4",
          memory: "M3 4c0-2 10-2 10 0v8c0 2-10 2-10 0zM3 4c0 2 10 2 10 0M3 8c0 2 10 2 10 0",
          shield: "M8 1.8l5 1.8v4c0 3.2-2 5.4-5 6.6-3-1.2-5-3.4-5-6.6v-4z",
          step: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
          chevron: "M6 4l4 4-4 4",
        };

        function icon(name, label) {
          const space = "http://www.w3.org/2000/svg";
          const svg = document.createElementNS(space, "svg");
          svg.setAttribute("viewBox", "0 0 16 16");
          svg.setAttribute("class", `icon ${name}`);
          if (label) {
            svg.setAttribute("role", "img");
            svg.setAttribute("aria-label", label);
          } else {
            svg.setAttribute("aria-hidden", "true");
          }
          const path = document.createElementNS(space, "path");
          path.setAttribute("d", iconPaths[name] ?? iconPaths.step);
          svg.append(path);
          return svg;
        }

        const states = {
          OK: { icon: "ok", text: "OK", kind: "good" },
          ERROR: { icon: "error", text: "Error", kind: "bad" },
          IN_PROGRESS: { icon: "running", text: "Running", kind: "live" },
        };

        function stateMark(state, isWide) {
          const { icon: name, text, kind } = states[state] ?? { icon: "step", text: String(state), kind: "" };
          return el("span", { class: `state ${kind}${isWide ? " wide" : ""}` }, icon(name), el("span", {}, text));
        }

        function duration(ms) {
          // Whole traces are told in whole milliseconds.
          if (ms === 0) return "< 1 ms";
          if (ms < 0.9995) return `${(ms * 1000).toFixed(0)} µs`;
          if (ms < 10) return `${ms.toFixed(1)} ms`;
          if (ms < 1000) return `${ms.toFixed(0)} ms`;
          if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
          if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
          return `${Math.floor(ms / 3_600_000)} h ${Math.round((ms % 3_600_000) / 60_000)} min`;
        }

        // As short as a mark of an axis can be.
        function mark(ms) {
          const [value, unit] = ms < 1 ? [ms * 1000, "µs"] : ms < 1000 ? [ms, "ms"] : ms < 120_000 ? [ms / 1000, "s"]
            : [ms / 60_000, "min"];
          return `${Number(value.toPrecision(4))} ${unit}`;
        }

        function ago(time, now = Date.now()) {
          const seconds = Math.max(0, (now - time) / 1000);
          if (seconds < 5) return "now";
          if (seconds < 60) return `${Math.floor(seconds)} s ago`;
          if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
          if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
          return `${Math.floor(seconds / 86_400)} d ago`;
        }

        const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
        const count = new Intl.NumberFormat("en");

        function bytes(size) {
          return size < 1000 ? `${size} B` : size < 1_000_000 ? `${Math.round(size / 1000)} kB`
            : `${(size / 1e6).toFixed(1)} MB`;
        }

        function copyButton(text, label = "Copy") {
          const button = el("button", { type: "button", class: "small", click: copy }, label);
          async function copy() {
            const done = await copied(text());
            button.textContent = done ? "Copied" : "Not possible";
            setTimeout(() => (button.textContent = label), 1500);
          }
          return button;
        }

        async function copied(text) {
          try {
            await navigator.clipboard.writeText(text);
            return true;
          } catch {
            // Without TLS there is no clipboard but the old one.
            const area = el("textarea", { readonly: true });
            area.value = text;
            document.body.append(area);
            area.select();
            const done = document.execCommand("copy");
            area.remove();
            return done;
          }
        }

        function say(text) {
          $("status").textContent = text;
        }
        """#
}
