extension TracesPage {
    /// The script: messages and calls of functions, where a value holds some.
    static let messagesScript = #"""
        // The messages in a span's inputs or outputs, as MLflow and its clients write them; none where it holds none.
        function messagesOf(value) {
          if (Array.isArray(value)) return value.length && value.every(isItem) ? value : [];
          if (!isComposite(value)) return [];
          if (isItem(value)) return [value];
          for (const key of ["messages", "input", "output"]) {
            if (Array.isArray(value[key]) && value[key].length && value[key].every(isItem)) return value[key];
          }
          if (typeof value.input === "string") return [{ role: "user", content: value.input }];
          const choices = Array.isArray(value.choices) ? value.choices.map((choice) => choice?.message) : [];
          if (choices.length && choices.every(isItem)) return choices;
          return isComposite(value.request) ? messagesOf(value.request) : [];
        }

        const itemTypes = ["function_call", "function_call_output", "reasoning"];

        function isItem(value) {
          if (!isComposite(value) || Array.isArray(value)) return false;
          return (typeof value.role === "string" && ("content" in value || "tool_calls" in value))
            || itemTypes.includes(value.type);
        }

        function chatView(messages) {
          return el("ol", { class: "chat" }, messages.map(messageView));
        }

        function messageView(message) {
          if (message.type === "function_call") return bubble("call", "assistant",
            callView(message.name, message.arguments));
          if (message.type === "function_call_output") {
            return bubble("tool", "tool", resultView(message.output));
          }
          if (message.type === "reasoning") {
            const parts = [...(message.summary ?? []), ...(message.content ?? [])];
            return bubble("thought", "reasoning", parts.map(partView));
          }
          const calls = (Array.isArray(message.tool_calls) ? message.tool_calls : []).map((call) =>
            callView(call?.function?.name ?? call?.name, call?.function?.arguments ?? call?.arguments));
          const role = message.role;
          const content = role === "tool" ? resultView(message.content) : contentView(message.content);
          return bubble(["user", "assistant", "system", "developer", "tool"].includes(role) ? role : "other", role,
            content, calls);
        }

        function bubble(kind, title, ...content) {
          return el("li", { class: `bubble ${kind}` }, el("span", { class: "role" }, title),
            el("div", { class: "said" }, content));
        }

        function contentView(content) {
          if (content === null || content === undefined) return [];
          if (typeof content === "string") return textView(content);
          return Array.isArray(content) ? content.map(partView) : valueView(content, 1);
        }

        function partView(part) {
          if (typeof part === "string") return textView(part);
          if (typeof part?.text === "string") return textView(part.text);
          if (typeof part?.refusal === "string") return textView(part.refusal);
          return valueView(part, 0);
        }

        function callView(name, given) {
          return el("div", { class: "call-box" },
            el("div", { class: "call-name" }, icon("tool"), el("code", {}, String(name ?? "?"))), resultView(given));
        }

        // A text that is JSON is shown as what it says.
        function resultView(value) {
          if (typeof value !== "string") return contentView(value);
          try {
            const read = parsed(value);
            if (isComposite(read)) return valueView(read, 1);
          } catch {}
          return textView(value);
        }
        """#
}
