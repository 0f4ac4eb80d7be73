extension DocsPage {
    /// The script's tools: elements, prose, JSON as text. What comes from outside gets into the page as text alone.
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

        // Paragraphs, and words in backticks: all of Markdown that descriptions need.
        function prose(text) {
          const box = el("div", { class: "prose" });
          for (const paragraph of String(text ?? "").split(/\n\s*\n/)) {
            if (!paragraph.trim()) continue;
            const pieces = paragraph.split("`");
            box.append(el("p", {}, pieces.map((piece, index) => (index % 2 ? el("code", {}, piece) : piece))));
          }
          return box;
        }

        function folded(title, ...children) {
          return el("details", { class: "folded" }, el("summary", {}, title), children);
        }

        // What is inside is made when it is first opened.
        function lazily(details, make) {
          details.addEventListener("toggle", () => details.append(make()), { once: true });
          return details;
        }

        function copyButton(text) {
          const button = el("button", { type: "button", class: "small", click: copy }, "Copy");
          async function copy() {
            const done = await copied(text());
            button.textContent = done ? "Copied" : "Select and copy";
            setTimeout(() => (button.textContent = "Copy"), 1500);
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

        const jsonToken = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/g;

        function isJSON(text) {
          try {
            JSON.parse(text);
            return true;
          } catch {
            return false;
          }
        }

        // Laid out anew from its own tokens, so that numbers and escapes stay as they were sent.
        function jsonPieces(text, isWide) {
          const tokens = text.match(jsonToken) ?? [];
          const pieces = [];
          let depth = 0;
          const line = () => (isWide ? "\n" + "  ".repeat(depth) : "");
          tokens.forEach((token, index) => {
            const next = tokens[index + 1];
            if (token === "{" || token === "[") {
              depth += 1;
              pieces.push([null, next === "}" || next === "]" ? token : token + line()]);
            } else if (token === "}" || token === "]") {
              depth -= 1;
              const before = tokens[index - 1];
              pieces.push([null, before === "{" || before === "[" ? token : line() + token]);
            } else if (token === ",") {
              pieces.push([null, isWide ? "," + line() : ", "]);
            } else if (token === ":") {
              pieces.push([null, ": "]);
            } else {
              const first = token[0];
              const kind = first === '"' ? (next === ":" ? "key" : "string") : /[-\d]/.test(first) ? "number" : "word";
              pieces.push([kind, token]);
            }
          });
          return pieces;
        }

        function compactJSON(text) {
          return isJSON(text) ? jsonPieces(text, false).map((piece) => piece[1]).join("") : text;
        }

        const largestColoured = 200_000;
        const largestShown = 2_000_000;

        function textView(text) {
          const shown = text.length > largestShown ? text.slice(0, largestShown) + "\n…" : text;
          return el("pre", { class: "code", tabindex: "0" }, shown);
        }

        function jsonView(text) {
          if (text.length > largestColoured || !isJSON(text)) return textView(text);
          const coloured = ([kind, token]) => (kind ? el("span", { class: kind }, token) : token);
          return el("pre", { class: "code", tabindex: "0" }, jsonPieces(text, true).map(coloured));
        }
        """#
}
