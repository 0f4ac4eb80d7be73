extension TracesPage {
    /// The script: values as trees that fold, and long texts.
    static let valuesScript = #"""
        const longText = 2_000;
        const manyElements = 100;

        // A text as it is. Of a long one the beginning: what stands behind it should not be far away.
        function textView(text, kind = "text") {
          const box = el("span", { class: kind, dir: "auto" });
          if (text.length <= longText) {
            box.textContent = text;
            return box;
          }
          const rest = text.length - longText;
          box.textContent = text.slice(0, longText);
          const more = el("button", { type: "button", class: "small more" }, `Show all (${bytes(rest)} more)`);
          more.addEventListener("click", () => {
            box.textContent = text;
          });
          box.append(el("span", { class: "soft" }, " … "), more);
          return box;
        }

        function leafView(value) {
          if (typeof value === "string") {
            const view = textView(value, "string");
            view.prepend("“");
            view.append("”");
            return view;
          }
          if (value instanceof Exact) return el("span", { class: "number" }, value.text);
          return el("span", { class: typeof value === "number" ? "number" : "word" }, String(value));
        }

        const isComposite = (value) => typeof value === "object" && value !== null && !(value instanceof Exact);

        function summaryOf(value) {
          if (Array.isArray(value)) return `[ ${value.length} ]`;
          const keys = Object.keys(value);
          const shown = keys.slice(0, 4).map((key) => (key.length > 24 ? `${key.slice(0, 24)}…` : key)).join(", ");
          return keys.length ? `{ ${shown}${keys.length > 4 ? ", …" : ""} }` : "{ }";
        }

        // A value as a tree that folds; what is folded is made when it is opened.
        function valueView(value, levels = 2, key) {
          const name = key === undefined ? null : el("span", { class: "key" }, String(key));
          if (!isComposite(value)) return el("div", { class: "leaf" }, name, leafView(value));
          const entries = Array.isArray(value) ? value.map((element, index) => [index, element])
            : Object.entries(value);
          const head = el("summary", {}, icon("chevron"), name, el("span", { class: "soft brief" }, summaryOf(value)));
          const box = el("details", { class: "branch" }, head);
          const fill = () => box.append(pieces(entries, levels - 1));
          if (levels > 0 && entries.length <= manyElements && entries.length > 0) {
            box.open = true;
            fill();
          } else {
            box.addEventListener("toggle", fill, { once: true });
          }
          return box;
        }

        function pieces(entries, levels) {
          const box = el("div", { class: "members" });
          let shown = 0;
          const more = el("button", { type: "button", class: "small more" });
          const add = () => {
            for (const [key, value] of entries.slice(shown, shown + manyElements)) more.before(valueView(value, levels,
              key));
            shown += manyElements;
            const left = entries.length - shown;
            more.textContent = `Show ${Math.min(left, manyElements)} of ${count.format(left)} more`;
            if (left <= 0) more.remove();
          };
          more.addEventListener("click", add);
          box.append(more);
          add();
          return box;
        }

        function plain(value) {
          return JSON.stringify(value, (key, member) => (member instanceof Exact ? Number(member.text) : member), 2);
        }
        """#
}
