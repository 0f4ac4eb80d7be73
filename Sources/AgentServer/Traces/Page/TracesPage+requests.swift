extension TracesPage {
    /// The script: asking the server, and what stands in the way.
    static let requestsScript = #"""
        const keyName = "agent-server-key";

        // A whole number that a double would change, as it was written.
        class Exact {
          constructor(text) {
            this.text = text;
          }
        }

        class Refusal extends Error {
          constructor(status, message) {
            super(message);
            this.status = status;
          }
        }

        function parsed(text) {
          return JSON.parse(text, (key, value, context) => {
            const source = context?.source;
            const isLarge = typeof value === "number" && source && !Number.isSafeInteger(value) && /^-?\d+$/.test(source);
            return isLarge ? new Exact(source) : value;
          });
        }

        const number = (value) => (value instanceof Exact ? Number(value.text) : Number(value ?? NaN));

        async function ask(path) {
          const key = sessionStorage.getItem(keyName);
          let answer;
          try {
            answer = await fetch(path, { headers: key ? { authorization: `Bearer ${key}` } : {}, cache: "no-store" });
          } catch {
            throw new Refusal(0, "The server does not answer.");
          }
          const text = await answer.text();
          if (answer.ok) return { value: parsed(text), text };
          let message = `The server answers ${answer.status}.`;
          try {
            message = String(JSON.parse(text).detail ?? message);
          } catch {}
          throw new Refusal(answer.status, message);
        }

        // What stands in the way: a key that is missing, a server that is away.
        function showTrouble(error) {
          const needsKey = error instanceof Refusal && error.status === 401;
          $("door").hidden = !needsKey;
          $("trouble").hidden = needsKey;
          $("trouble").textContent = error instanceof Refusal ? error.message : String(error);
          if (needsKey) {
            const wasRefused = sessionStorage.getItem(keyName) !== null;
            $("door-text").textContent = wasRefused
              ? "The server does not take this key."
              : "This server asks for a key before it shows traces.";
            sessionStorage.removeItem(keyName);
            if (document.activeElement === document.body
              || $("list").contains(document.activeElement)) $("key").focus();
          }
        }

        function hideTrouble() {
          $("door").hidden = true;
          $("trouble").hidden = true;
        }

        function giveKey(event) {
          event.preventDefault();
          const key = $("key").value.trim();
          if (!key) return;
          sessionStorage.setItem(keyName, key);
          $("key").value = "";
          hideTrouble();
          refresh().then(() => $("list").focus());
          if (trace.id) load();
        }
        """#
}
