extension DocsPage {
    /// Sends a request and shows the answer, a stream event by event as they come.
    static let answersScript = #"""
        async function exchange({ method, url, headers, body }, output, send, stop) {
          const abort = new AbortController();
          const halt = () => abort.abort();
          const facts = el("div", { class: "facts", role: "status" }, "Waiting for the answer …");
          const start = performance.now();
          const elapsed = () => `${Math.round(performance.now() - start).toLocaleString("en")} ms`;
          send.disabled = true;
          stop.disabled = false;
          stop.addEventListener("click", halt);
          output.hidden = false;
          output.replaceChildren(el("h3", {}, "Answer"), facts);
          output.scrollIntoView({ block: "nearest" });
          try {
            const answer = await fetch(url, { method, headers, body, signal: abort.signal, cache: "no-store" });
            const status = el("span", { class: statusClass(answer.status) }, `${answer.status} ${answer.statusText}`);
            facts.replaceChildren(status, el("span", {}, `first byte after ${elapsed()}`));
            output.append(folded("Headers", headerList(answer.headers)));
            const kind = answer.headers.get("content-type") ?? "";
            if (kind.startsWith("text/event-stream") && answer.body) {
              const count = await showStream(answer.body, output, start);
              facts.append(el("span", {}, `${count} events in ${elapsed()}`));
            } else {
              const text = await answer.text();
              facts.append(el("span", {}, `${text.length.toLocaleString("en")} characters in ${elapsed()}`));
              if (text) output.append(kind.includes("json") ? jsonView(text) : textView(text));
            }
          } catch (error) {
            const reason = abort.signal.aborted ? "Stopped." : `No answer: ${error.message}`;
            facts.append(el("span", { class: "notice" }, `${reason} After ${elapsed()}.`));
          } finally {
            stop.removeEventListener("click", halt);
            stop.disabled = true;
            send.disabled = false;
          }
        }

        function statusClass(status) {
          return "status " + (Number(status) < 400 ? "good" : "bad");
        }

        function headerList(headers) {
          const pairs = [...headers].map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]);
          return el("dl", { class: "headers" }, pairs);
        }

        const mostEvents = 1000;

        async function showStream(stream, output, start) {
          const said = el("div", { class: "said", hidden: true, tabindex: "0", "aria-label": "The text so far" });
          const list = el("div", { class: "events", tabindex: "0", "aria-label": "Events" });
          output.append(said, list);
          let count = 0;
          const show = (data) => {
            count += 1;
            const event = parsed(data);
            if (event?.type === "response.output_text.delta" && typeof event.delta === "string") {
              said.hidden = false;
              said.append(event.delta);
            }
            if (count > mostEvents) {
              if (count === mostEvents + 1) list.append(el("p", {}, `Only the first ${mostEvents} events are listed.`));
              return;
            }
            const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 30;
            list.append(eventRow(data, event, performance.now() - start));
            if (isAtEnd) list.scrollTop = list.scrollHeight;
          };
          const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
          const frames = frameParser(show);
          for (;;) {
            const { done, value } = await reader.read();
            if (done) return count;
            frames(value);
          }
        }

        // Takes text as it arrives and hands on the data of each frame; comments and other fields are left out.
        function frameParser(hand) {
          let rest = "";
          let data = [];
          return (text) => {
            const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
            rest = lines.pop();
            for (const line of lines) {
              if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
              else if (line === "" && data.length) {
                hand(data.join("\n"));
                data = [];
              }
            }
          };
        }

        function parsed(data) {
          try {
            return JSON.parse(data);
          } catch {
            return undefined;
          }
        }

        function eventRow(data, event, time) {
          const when = el("span", { class: "when" }, `+${Math.round(time).toLocaleString("en")} ms`);
          const kind = el("span", { class: "kind" }, kindOf(event) ?? data);
          const gist = el("span", { class: "gist" }, gistOf(event));
          const row = el("details", {}, el("summary", {}, when, kind, gist));
          return lazily(row, () => (event === undefined ? textView(data) : jsonView(data)));
        }

        // An event's type, or else what is in it.
        function kindOf(event) {
          if (event === null || typeof event !== "object") return undefined;
          return typeof event.type === "string" ? event.type : Object.keys(event).slice(0, 3).join(", ") || "{}";
        }

        function gistOf(event) {
          const gist = event?.delta ?? event?.item?.type ?? event?.error ?? event?.message ?? event?.trace_id;
          return typeof gist === "string" ? gist : "";
        }
        """#
}
