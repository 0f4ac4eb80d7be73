extension DocsPage {
    /// Schemas as trees. A branch is built when it is opened, so a schema that holds itself is no trouble.
    static let schemasScript = #"""
        function lookup(reference) {
          if (!reference.startsWith("#/")) return undefined;
          const names = reference.slice(2).split("/").map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
          return names.reduce((value, name) => value?.[name], description);
        }

        // Follows references; the last one's name is the schema's name, what stands beside a reference wins.
        function resolved(source) {
          let value = typeof source === "object" && source ? source : {};
          let name;
          const seen = new Set();
          while (typeof value.$ref === "string" && !seen.has(value.$ref)) {
            const { $ref, ...beside } = value;
            seen.add($ref);
            name = $ref.split("/").pop();
            value = { ...(lookup($ref) ?? { description: `Unknown: ${$ref}` }), ...beside };
          }
          return { value, name };
        }

        // What a schema is, in the terms of the tree: its label, whether it may be null, what it is made of.
        function shape(source, depth = 0) {
          const { value: schema, name } = resolved(source);
          const choices = schema.anyOf ?? schema.oneOf;
          const types = [schema.type ?? []].flat();
          const plain = {
            name, schema, description: schema.description,
            types: types.filter((type) => type !== "null"), isNullable: types.includes("null"),
          };
          if (!choices) return plain;
          const real = choices.filter((choice) => resolved(choice).value.type !== "null");
          const isNullable = real.length < choices.length;
          if (real.length === 1 && depth < 16) {
            const only = shape(real[0], depth + 1);
            const about = schema.description ?? only.description;
            return { ...only, description: about, isNullable: isNullable || only.isNullable };
          }
          return { ...plain, choices: real, isNullable };
        }

        function label(shape, depth = 0) {
          const { name, schema, types, choices } = shape;
          let text = name;
          if (!text && "const" in schema) text = JSON.stringify(schema.const);
          if (!text && schema.enum) text = schema.enum.map((value) => JSON.stringify(value)).join(" | ");
          if (!text && choices) text = choices.map((choice) => labelOf(choice, depth + 2)).join(" | ");
          if (!text && types[0] === "array") text = "array of " + labelOf(schema.items, depth + 1);
          if (!text && isDictionary(schema) && !schema.properties) {
            text = "object of " + labelOf(schema.additionalProperties, depth + 1);
          }
          if (!text) text = types.join(" | ") || (schema.properties ? "object" : "any value");
          return shape.isNullable ? text + " | null" : text;
        }

        function labelOf(source, depth) {
          return depth > 6 ? "…" : label(shape(source), depth);
        }

        // What a value is held to beside its type.
        function limits({ schema }) {
          const between = (low, high, unit = "") => {
            if (low === undefined && high === undefined) return undefined;
            if (low === undefined) return `at most ${high}${unit}`;
            return (high === undefined ? `at least ${low}` : `${low} to ${high}`) + unit;
          };
          const number = (value) => value?.toLocaleString("en");
          return [
            between(number(schema.minimum), number(schema.maximum)),
            between(number(schema.minLength), number(schema.maxLength), " characters"),
            between(number(schema.minItems), number(schema.maxItems), " elements"),
            between(number(schema.minProperties), number(schema.maxProperties), " members"),
            schema.pattern && `matches ${schema.pattern}`,
            "default" in schema && `default ${JSON.stringify(schema.default)}`,
          ].filter(Boolean).join(", ");
        }

        // What an array holds in the end; anything else is itself.
        function element(shape_, depth = 0) {
          if (shape_.types[0] !== "array" || !shape_.schema.items || depth > 6) return shape_;
          return element(shape(shape_.schema.items), depth + 1);
        }

        // The rows below a schema: [name, schema, whether it is required].
        function parts({ schema, choices }) {
          const rows = [];
          for (const [name, member] of Object.entries(schema.properties ?? {})) {
            rows.push([name, member, (schema.required ?? []).includes(name)]);
          }
          if (isDictionary(schema) && !isLeaf(schema.additionalProperties)) {
            rows.push(["(any name)", schema.additionalProperties, false]);
          }
          if (choices?.some((choice) => !isLeaf(choice))) {
            rows.push(...choices.map((choice) => [undefined, choice, false]));
          }
          if (schema.contentSchema) rows.push(["(its JSON)", schema.contentSchema, false]);
          return rows;
        }

        function isDictionary(schema) {
          return schema.additionalProperties !== null && typeof schema.additionalProperties === "object";
        }

        function isLeaf(source, depth = 0) {
          const { schema, choices, types } = shape(source);
          if (schema.properties || schema.contentSchema) return false;
          if (isDictionary(schema)) return depth > 3 || isLeaf(schema.additionalProperties, depth + 1);
          if (types[0] === "array") return depth > 3 || !schema.items || isLeaf(schema.items, depth + 1);
          return !choices || depth > 3 || choices.every((choice) => isLeaf(choice, depth + 1));
        }

        function row(name, source, isRequired, ancestors) {
          const own = shape(source);
          const head = [
            el("div", { class: "head" },
              name && el("span", { class: "name" }, name),
              el("span", { class: "type" }, label(own)),
              el("span", { class: "limits" }, limits(own)),
              isRequired && el("span", { class: "needed" }, "required")),
            own.description && prose(own.description),
          ];
          const inner = element(own);
          const names = [own.name, inner.name].filter(Boolean);
          const rows = names.some((one) => ancestors.includes(one)) ? [] : parts(inner);
          if (!rows.length) return el("div", { class: "row" }, head);
          const branch = el("details", {}, el("summary", { class: "row" }, head));
          return lazily(branch, () => treeOf(rows, [...ancestors, ...names]));
        }

        function treeOf(rows, ancestors) {
          const views = rows.map(([name, source, isRequired]) => row(name, source, isRequired, ancestors));
          return el("div", { class: "tree" }, views);
        }

        // A schema by its members, or as one row where it has none.
        function tree(source) {
          const own = shape(source);
          const rows = own.choices || own.types[0] === "array" ? [] : parts(own);
          return rows.length ? treeOf(rows, [own.name]) : treeOf([[undefined, source, false]], []);
        }
        """#
}
