extension DocsPage {
    /// The form that tries an operation: what will be sent, as fields and as a line for the shell.
    static let requestsScript = #"""
        function examplesOf(content) {
          if (content?.examples) return Object.values(content.examples).map((example) => resolved(example).value);
          return content && "example" in content ? [{ summary: "Example", value: content.example }] : [];
        }

        function tryForm(operation) {
          const content = operation.body?.content?.["application/json"];
          const examples = examplesOf(content);
          const fields = operation.parameters.map((parameter) => parameterField(operation, parameter));
          const body = content && el("textarea", {
            id: `${operation.id}-body`, rows: "10", spellcheck: "false", autocapitalize: "off", autocomplete: "off",
            "aria-describedby": `${operation.id}-hint`,
          });
          const hint = content && el("div", { class: "hint", id: `${operation.id}-hint`, role: "status" });
          const command = el("pre", { class: "code", tabindex: "0", "aria-label": "The request as a command" });
          const output = el("div", { class: "result", hidden: true });
          const send = el("button", { type: "submit", class: "send" }, "Send");
          const stop = el("button", { type: "button", disabled: true }, "Stop");

          function refresh() {
            command.textContent = curl(request());
            if (!body) return;
            const isBad = !isJSON(body.value) && (body.value !== "" || operation.body.required === true);
            body.setAttribute("aria-invalid", String(isBad));
            hint.textContent = isBad ? "This is not JSON; the server will say so." : "";
          }

          function request() {
            let path = operation.path;
            const query = new URLSearchParams();
            const headers = {};
            for (const { parameter, input } of fields) {
              if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
              else if (!input.value) continue;
              else if (parameter.in === "query") {
                const values = parameter.schema?.type === "array" ? input.value.split(",") : [input.value];
                for (const value of values) query.append(parameter.name, value.trim());
              } else if (parameter.in === "header") headers[parameter.name] = input.value;
            }
            // A body that may be left out is left out where its field is empty.
            const text = body && (body.value || operation.body.required) ? body.value : undefined;
            if (text !== undefined) headers["content-type"] = "application/json";
            const key = operation.needsKey && document.getElementById("key").value;
            if (key) headers.authorization = `Bearer ${key}`;
            // Relative to this page, so that a proxy may serve both below a path of its own.
            const url = new URL("." + path, document.baseURI);
            url.search = query;
            return { method: operation.method, url: url.href, headers, body: text };
          }

          function choose(index) {
            body.value = JSON.stringify(examples[index]?.value ?? {}, null, 2);
            body.rows = Math.min(22, Math.max(8, body.value.split("\n").length + 1));
            refresh();
          }

          const options = examples.map(({ summary }, index) =>
            el("option", { value: String(index) }, summary ?? `Example ${index + 1}`));
          const pick = (event) => choose(event.target.selectedIndex);
          const picker = options.length > 1 && el("select", { "aria-label": "Example", change: pick }, options);
          const form = el("form", { class: "try", "aria-label": `Try ${operation.method} ${operation.path}` },
            el("div", { class: "bar" }, el("h3", {}, "Try it"), picker),
            body && el("div", { class: "field" }, el("label", { for: body.id }, "Request body"), body, hint),
            fields.length > 0 && fieldList(fields),
            el("div", { class: "bar" }, stop, send),
            el("div", {}, el("div", { class: "bar" }, el("span", { class: "caption" }, "The same in a shell"),
              copyButton(() => command.textContent)), command),
            output);
          form.addEventListener("input", refresh);
          form.addEventListener("submit", (event) => {
            event.preventDefault();
            exchange(request(), output, send, stop);
          });
          body?.addEventListener("keydown", (event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              if (!send.disabled) form.requestSubmit();
            }
          });
          if (body) choose(0);
          else refresh();
          return form;
        }

        // Open where something must be filled in: a browser cannot point at a field that is folded away.
        function fieldList(fields) {
          const list = folded("Headers and parameters", fields.map(({ view }) => view));
          list.open = fields.some(({ input }) => input.required);
          return list;
        }

        function parameterField(operation, parameter) {
          const id = `${operation.id}-${parameter.name}`;
          const example = parameter.example ?? parameter.schema?.default;
          const words = parameter.schema?.enum ?? (parameter.schema?.type === "boolean" ? [true, false] : undefined);
          const placeholder = example === undefined ? undefined : `${example}`;
          const options = words?.map((word) => el("option", { value: `${word}` }, `${word}`));
          const input = words ? el("select", { id }, el("option", { value: "" }, "–"), options) : el("input", {
            id, type: "text", spellcheck: "false", autocapitalize: "off", autocomplete: "off", placeholder,
            required: parameter.in === "path",
          });
          const view = el("div", { class: "field" }, el("label", { for: id }, parameter.name), input);
          return { parameter, input, view };
        }

        function quoted(text) {
          return "'" + text.replaceAll("'", "'\\''") + "'";
        }

        function curl({ method, url, headers, body }) {
          const words = ["curl -sSN"];
          if (method !== "GET" && !(method === "POST" && body !== undefined)) words.push(`-X ${method}`);
          words.push(quoted(url));
          for (const [name, value] of Object.entries(headers)) {
            // A key is for no screen and no shell's history.
            const isKey = name === "authorization";
            words.push(isKey ? '-H "Authorization: Bearer $KEY"' : `-H ${quoted(`${name}: ${value}`)}`);
          }
          if (body !== undefined) words.push(`--data-raw ${quoted(compactJSON(body))}`);
          return words.join(" ");
        }
        """#
}
