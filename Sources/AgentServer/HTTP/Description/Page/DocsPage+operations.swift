extension DocsPage {
    /// The page itself, from the document: contents, operations, schemas.
    static let operationsScript = #"""
        let description = {};

        const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

        function operationsOf(document) {
          return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
            methods.filter((method) => item[method]).map((method) => {
              const entry = item[method];
              const parameters = [...(item.parameters ?? []), ...(entry.parameters ?? [])];
              return {
                id: entry.operationId ?? `${method}${path}`, method: method.toUpperCase(), path, entry,
                parameters: parameters.map((parameter) => resolved(parameter).value),
                needsKey: (entry.security ?? []).some((way) =>
                  Object.keys(way).some((name) => keySchemes(document).includes(name))),
                tag: entry.tags?.[0] ?? "Other", body: entry.requestBody && resolved(entry.requestBody).value,
              };
            }));
        }

        // The ways to show who asks that this page can go: bearer tokens.
        function keySchemes(document) {
          const schemes = Object.entries(document.components?.securitySchemes ?? {});
          return schemes.filter(([, scheme]) => scheme.scheme?.toLowerCase() === "bearer").map(([name]) => name);
        }

        function badge(method) {
          return el("span", { class: `method ${method.toLowerCase()}` }, method);
        }

        // Long paths go on in a new line at a slash.
        function breakable(path) {
          return path.split(/(?=\/)/).map((part) => [el("wbr", {}), part]);
        }

        function chevron() {
          return el("span", { class: "chevron", "aria-hidden": "true" }, "›");
        }

        function operationCard(operation) {
          const { entry } = operation;
          const card = el("details", { class: "card", id: operation.id },
            el("summary", {}, badge(operation.method), el("span", { class: "path mono" }, operation.path),
              entry.summary && prose(entry.summary), chevron()));
          return lazily(card, () => el("div", { class: "operation" }, reference(operation), tryForm(operation)));
        }

        function reference(operation) {
          const { entry, parameters, body } = operation;
          return el("div", { class: "reference" },
            entry.description && prose(entry.description),
            parameters.length > 0 && el("div", {}, el("h3", {}, "Headers and parameters"), fieldsView(parameters)),
            body && el("div", {}, el("h3", {}, "Request body"), body.description && prose(body.description),
              Object.entries(body.content ?? {}).map(([kind, media]) => content(kind, media))),
            el("div", {}, el("h3", {}, "Answers"),
              Object.entries(entry.responses ?? {}).map(([status, one]) => answerCard(status, resolved(one).value))));
        }

        // Parameters and headers are alike: a schema, and a description beside it.
        function fieldsView(fields) {
          return el("div", { class: "tree" }, fields.map(({ name, schema, description: about, required }) =>
            row(name, about ? { ...schema, description: about } : schema, required, [])));
        }

        function answerCard(status, answer) {
          const card = el("details", { class: "answer" },
            el("summary", {},
              el("span", { class: statusClass(status) }, status), prose(answer.description), chevron()));
          const media = Object.entries(answer.content ?? {});
          const headers = Object.entries(answer.headers ?? {}).map(([name, one]) => ({ ...resolved(one).value, name }));
          return lazily(card, () => el("div", {},
            media.map(([kind, one]) => [content(kind, one), examplesOf(one).map(exampleView)]),
            headers.length > 0 && [el("h4", {}, "Headers"), fieldsView(headers)]));
        }

        function content(kind, media) {
          return [el("h4", {}, el("code", {}, kind)), tree(media.schema)];
        }

        function exampleView({ summary, value }) {
          const view = typeof value === "string" ? textView(value) : jsonView(JSON.stringify(value));
          return folded(`Example: ${summary ?? "a value"}`, view);
        }

        function group(title, about, ...children) {
          const id = `group-${title}`;
          return el("section", { "aria-labelledby": id }, el("h2", { id }, title), prose(about), children);
        }

        function schemaCard(name) {
          const schema = { $ref: `#/components/schemas/${name}` };
          const about = resolved(schema).value.description;
          const card = el("details", { class: "card", id: `schema-${name}` },
            el("summary", {}, el("span", { class: "path mono" }, name), about && prose(about), chevron()));
          return lazily(card, () => el("div", { class: "members" }, tree(schema)));
        }

        function show(given) {
          description = given;
          const { info, tags = [] } = description;
          const operations = operationsOf(description);
          const names = new Set([...tags.map(({ name }) => name), ...operations.map(({ tag }) => tag)]);
          const index = document.getElementById("index");
          const main = document.getElementById("main");
          document.title = `${info.title} – API`;
          document.getElementById("title").textContent = info.title;
          document.getElementById("version").textContent = info.version;
          document.getElementById("version").hidden = false;
          document.getElementById("about").replaceChildren(prose(info.description));
          document.getElementById("key-field").hidden = !operations.some(({ needsKey }) => needsKey);
          document.getElementById("key-field").addEventListener("submit", (event) => event.preventDefault());
          document.getElementById("key").addEventListener("input", () => {
            for (const form of document.querySelectorAll("form.try")) form.dispatchEvent(new Event("input"));
          });
          main.replaceChildren();
          for (const name of names) {
            const own = operations.filter(({ tag }) => tag === name);
            if (!own.length) continue;
            main.append(group(name, tags.find((tag) => tag.name === name)?.description, own.map(operationCard)));
            const links = own.map(({ id, method, path }) =>
              el("li", {}, el("a", { href: `#${id}` }, badge(method), el("span", { class: "mono" }, breakable(path)))));
            index.append(el("h2", {}, name), el("ul", {}, links));
          }
          const schemas = Object.keys(description.components?.schemas ?? {});
          if (schemas.length) {
            main.append(group("Schemas", "What goes in and out, by name.", schemas.map(schemaCard)));
            const more = el("a", { href: "#group-Schemas", class: "wide" }, "Schemas");
            index.append(el("h2", {}, "More"), el("ul", {}, el("li", {}, more)));
          }
          if (!follow() && operations.length) document.getElementById(operations[0].id).open = true;
        }

        // Opens what the address names.
        function follow() {
          const id = decodeURIComponent(location.hash.slice(1));
          const target = id && document.getElementById(id);
          for (const anchor of document.querySelectorAll("nav a")) {
            if (anchor.hash === location.hash) anchor.setAttribute("aria-current", "true");
            else anchor.removeAttribute("aria-current");
          }
          if (!target) return false;
          if (target.tagName === "DETAILS") target.open = true;
          target.scrollIntoView();
          return true;
        }

        async function start() {
          try {
            const answer = await fetch("./openapi.json");
            if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
            show(await answer.json());
            addEventListener("hashchange", follow);
          } catch (error) {
            document.getElementById("main").replaceChildren(
              el("p", { class: "notice", role: "alert" }, `The description could not be shown: ${error.message}`));
          }
        }

        start();
        """#
}
