"""A headless Chromium that a check drives, over the DevTools protocol through a pipe. Python standard library only."""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time

from servers import clean_environment

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ANSWER_S = 30
STOP_S = 5
KEYS = {"Enter": (13, "\r"), "Escape": (27, ""), "Tab": (9, ""), "ArrowUp": (38, ""), "ArrowDown": (40, ""),
        "ArrowLeft": (37, ""), "ArrowRight": (39, ""), "Home": (36, ""), "End": (35, ""), " ": (32, " ")}


class Failure(Exception):
    """What the page, or the browser, did not do."""


class Chromium:
    """One page. What it asks of the network is in `requests`, what it says in `console`."""

    def __init__(self, folder):
        command = next(filter(None, map(shutil.which, BROWSERS)), None)
        if not command:
            sys.exit("no Chromium found; run `Scripts/setup browser`")
        folder.mkdir()
        self.requests, self.console, self.number, self.rest = [], [], 0, b""
        to_browser, self.to = os.pipe()
        self.back, from_browser = os.pipe()

        def connect():
            # The protocol's places: 3 to read from, 4 to write to. Moved away first: they may be any of these.
            ends = os.dup(to_browser), os.dup(from_browser)
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        words = [command, "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}",
                 "--hide-scrollbars", "--disable-gpu",
                 # Root and many containers have no sandbox, and the only page loaded is our own.
                 "--no-sandbox", "--disable-dev-shm-usage",
                 # Nothing but loopback.
                 "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
                 "about:blank"]
        with open(folder / "log", "wb") as log:
            # In a session of its own, so that its processes can be stopped together.
            self.process = subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=clean_environment(HOME=str(folder)), start_new_session=True,
                                            close_fds=False, preexec_fn=connect)
        os.close(to_browser)
        os.close(from_browser)
        self.session = None
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for sent in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                os.killpg(self.process.pid, sent)
                try:
                    self.process.wait(STOP_S)
                except subprocess.TimeoutExpired:
                    pass
        os.close(self.to)
        os.close(self.back)

    # The protocol

    def call(self, method, **parameters):
        """The result of a command."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + ANSWER_S
        while True:
            answer = self.receive(deadline)
            if answer.get("id") != self.number:
                self.note(answer)
            elif "error" in answer:
                raise Failure(f"{method}: {answer['error']['message']}")
            else:
                return answer["result"]

    def receive(self, deadline):
        """The next message."""
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.back], [], [], max(0, deadline - time.monotonic()))
            part = os.read(self.back, 1 << 16) if ready else b""
            if not part:
                raise Failure("Chromium does not answer")
            self.rest += part
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def note(self, event):
        """Remembers what a check may ask for."""
        parameters = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif event.get("method") == "Runtime.consoleAPICalled":
            parts = (part.get("value", part.get("description")) for part in parameters["args"])
            self.console.append(" ".join(map(str, parts)))
        elif event.get("method") == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.console.append(details.get("exception", {}).get("description", details["text"]))
        elif event.get("method") == "Log.entryAdded":
            self.console.append(parameters["entry"]["text"])

    # The page

    def go(self, url):
        """Loads a page. A page that only gets another fragment is not loaded anew."""
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def ask(self, expression):
        """The value of an expression of the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise Failure(result["exceptionDetails"].get("exception", {}).get("description", expression))
        return result["result"].get("value")

    def wait(self, expression, seconds=10):
        """The value of an expression as soon as it is true; the last one when time has run out."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                value = self.ask(expression)
            except Failure:
                # Between two pages there is none.
                value = None
            if value or time.monotonic() > deadline:
                return value
            time.sleep(0.05)

    def press(self, *keys):
        """Presses keys, one after the other."""
        for key in keys:
            code, text = KEYS.get(key, (ord(key.upper()[0]), key))
            event = {"key": key, "windowsVirtualKeyCode": code, **({"text": text} if text else {})}
            self.call("Input.dispatchKeyEvent", type="keyDown", **event)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def type(self, text):
        """Writes a text where the focus is."""
        self.call("Input.insertText", text=text)

    def show(self, *, dark=False, width=1360, height=860, reduced_motion=True):
        """How the page is looked at."""
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced_motion else "no-preference"}])
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)

    def picture(self, file):
        """Keeps what can be seen, as a PNG."""
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
