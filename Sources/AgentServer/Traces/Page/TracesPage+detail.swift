extension TracesPage {
    /// The script: one span.
    static let detailScript = #"""
        const names = {
          inputs: "mlflow.spanInputs",
          outputs: "mlflow.spanOutputs",
          usage: "mlflow.chat.tokenUsage",
          model: "mlflow.llm.model",
        };
        // Views that were chosen, for all spans: messages, or the value as it is.
        const views = { Inputs: "chat", Outputs: "chat" };

        function showDetail() {
          const span = trace.value.spans.find((other) => other.span_id === trace.span);
          const detail = $("detail");
          if (!span) return detail.replaceChildren();
          const text = plain(span);
          if (detail.text === text && detail.dataset.span === span.span_id) return;
          detail.text = text;
          detail.dataset.span = span.span_id;
          const { start, end } = timesOf(trace.value);
          const from = number(span.start_time_unix_nano);
          const to = span.end_time_unix_nano === null ? end : number(span.end_time_unix_nano);
          const own = Object.values(names);
          const rest = Object.entries(span.attributes).filter(([name]) => !own.includes(name));
          const usage = span.attributes[names.usage];
          const failures = span.events.filter((event) => event.name === "exception");
          const events = span.events.filter((event) => event.name !== "exception");
          fill(detail,
            el("header", { class: kindOf(span) },
              el("span", { class: "badge" }, icon(kindOf(span))), el("h3", { dir: "auto" }, span.name),
              span.span_type !== "UNKNOWN" && el("span", { class: "pill" }, span.span_type),
                stateMark(span.status.code === "UNSET" ? "IN_PROGRESS" : span.status.code)),
            el("p", { class: "soft numbers" },
              duration((to - from) / 1e6), from > start && `, begins at ${duration((from - start) / 1e6)}`,
              span.attributes[names.model] && [" · ", el("code", {}, String(span.attributes[names.model]))],
              usage && ` · ${tokens(usage.total_tokens)} tokens (${tokens(usage.input_tokens)} in, ${tokens(usage.output_tokens)} out)`),
            span.status.code === "ERROR" && failureView(span.status.message, failures),
            names.inputs in span.attributes && valueSection("Inputs", span.attributes[names.inputs]),
            names.outputs in span.attributes && valueSection("Outputs", span.attributes[names.outputs]),
            rest.length > 0 && section("Attributes", attributesView(rest), () => plain(Object.fromEntries(rest))),
            events.length > 0 && section("Events", events.map((event) => eventView(event, start))),
            span.links?.length > 0 && section("Links", span.links.map((link) => valueView(link, 1))),
          );
        }

        const tokens = (value) => count.format(number(value ?? 0));

        function section(title, content, text, ...controls) {
          return el("section", { class: "part", "aria-label": title },
            el("div", { class: "part-head" }, el("h4", {}, title), controls, text && copyButton(text)), content);
        }

        function valueSection(title, value) {
          const messages = messagesOf(value);
          const text = () => (typeof value === "string" ? value : plain(value));
          const whole = () => (typeof value === "string" ? el("div", { class: "plain" }, textView(value))
            : el("div", { class: "value" }, valueView(value, 3)));
          if (!messages.length) return section(title, whole(), text);
          const box = el("div", {});
          const show = () => box.replaceChildren(views[title] === "chat" ? chatView(messages) : whole());
          const buttons = [["chat", "Messages"], ["value", "JSON"]].map(([name, label]) =>
            el("button", { type: "button", class: "small", value: name, "aria-pressed": String(views[title] === name),
              click: choose }, label));
          function choose(event) {
            views[title] = event.currentTarget.value;
            for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === views[title]));
            show();
          }
          show();
          return section(title, box, text, el("span", { class: "choice", role: "group",
            "aria-label": `How ${title.toLowerCase()} are shown` }, buttons));
        }

        function attributesView(entries) {
          return el("dl", { class: "attributes" }, entries.map(([name, value]) =>
            el("div", {}, el("dt", { dir: "auto" }, name),
              el("dd", {}, isComposite(value) ? valueView(value, 1) : leafText(value)))));
        }

        const leafText = (value) => (typeof value === "string" ? textView(value) : leafView(value));

        function failureView(message, failures) {
          const stacks = failures
            .map((event) => event.attributes["exception.stacktrace"])
            .filter((stack) => typeof stack === "string");
          return el("div", { class: "banner bad failure" }, icon("error"),
            el("div", {}, textView(String(message ?? "The span failed.")),
              stacks.map((stack) => el("details", { open: stack.length < 2000 }, el("summary", {}, "Stack"),
                el("pre", { tabindex: "0" }, textView(stack))))));
        }

        function eventView(event, start) {
          const at = duration(Math.max(0, (number(event.time_unix_nano) - start) / 1e6));
          return el("div", { class: "event" },
            el("div", {}, el("code", {}, event.name), el("span", { class: "soft" }, ` at ${at}`)),
            Object.keys(event.attributes).length > 0 && attributesView(Object.entries(event.attributes)));
        }
        """#
}
