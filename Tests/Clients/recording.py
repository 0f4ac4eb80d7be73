"""What a test's clients and servers say to each other, kept and held against the standard."""

import json
import sys
import typing
import urllib.parse
from pathlib import Path

import httpx2
import openai.types.responses as openai_types

sys.path.append(str(Path(__file__).resolve().parents[2] / "Conformance/openresponses"))
import conformance  # noqa: E402 (the folder must be on the path first)


class Answer:
    """A request, and what came back of its answer so far."""

    def __init__(self, request, response):
        self.method, self.path, self.query = request.method, request.url.path, request.url.query.decode()
        self.sent = request.read()
        self.status, self.headers = response.status_code, dict(response.headers)
        self.body, self.complete = b"", False

    def json(self):
        """The body, parsed."""
        return json.loads(self.body)

    @property
    def kind(self):
        """The answer's content type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    def events(self):
        """The events of a stream as they came, without the end's mark. Checks the framing."""
        *frames, rest = self.body.decode().split("\n\n")
        assert rest == "", f"the stream ends within a frame: {rest!r}"
        frames = [frame for frame in frames if not frame.startswith(":")]
        assert frames[-1] == "data: [DONE]", f"the last frame is {frames[-1]!r}"
        events = []
        for frame in frames[:-1]:
            name, data = frame.split("\n")
            events.append(json.loads(data.removeprefix("data: ")))
            assert name == f"event: {events[-1]['type']}", frame
        return events


class Pieces(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """The body of an answer, which is kept while a client reads it."""

    def __init__(self, stream, answer):
        self.stream, self.answer = stream, answer

    def __iter__(self):
        for piece in self.stream:
            self.answer.body += piece
            yield piece
        self.answer.complete = True

    async def __aiter__(self):
        async for piece in self.stream:
            self.answer.body += piece
            yield piece
        self.answer.complete = True

    def close(self):
        self.stream.close()

    async def aclose(self):
        await self.stream.aclose()


class Recorder:
    """Keeps all answers of a test."""

    def __init__(self):
        self.answers, self.sockets = [], {}

    def transport(self):
        """A transport for a client that waits."""
        recorder = self

        class Transport(httpx2.HTTPTransport):
            def handle_request(self, request):
                response = super().handle_request(request)
                response.stream = recorder.pieces(request, response)
                return response

        return Transport()

    def async_transport(self):
        """A transport for an asynchronous client."""
        recorder = self

        class Transport(httpx2.AsyncHTTPTransport):
            async def handle_async_request(self, request):
                response = await super().handle_async_request(request)
                response.stream = recorder.pieces(request, response)
                return response

        return Transport()

    def pieces(self, request, response):
        self.answers.append(Answer(request, response))
        return Pieces(response.stream, self.answers[-1])

    def hear(self, socket, message):
        """Keeps a message of a WebSocket."""
        self.sockets.setdefault(id(socket), []).append(json.loads(message))

    def turns(self):
        """The events of all responses over WebSockets that came to their end, and the errors."""
        for messages in self.sockets.values():
            turn = []
            for message in messages:
                turn.append(message)
                if message["type"] in conformance.TERMINAL or message["type"] == "error" and "status" in message:
                    yield turn
                    turn = []

    def check(self, openai_only=False):
        """Holds everything against the standard.

        `openai_only`: the agent uses types that only OpenAI defines, so they are not mistakes.
        """
        for answer in self.answers:
            check_answer(answer, openai_only)
        for turn in self.turns():
            if turn[-1]["type"] == "error":
                conformance.ws_error(turn)
            else:
                check_events(turn, openai_only)


def check_answer(answer, openai_only=False):
    """Holds one answer over HTTP against the standard."""
    where = f"{answer.method} {answer.path} {answer.status}"
    assert answer.headers.get("x-request-id"), f"{where}: no x-request-id"
    path = answer.path.removeprefix("/v1")
    if not answer.complete or not path.startswith(("/responses", "/conversations")):
        return
    if answer.status >= 400:
        reply = conformance.Reply(answer.status, answer.headers, answer.body)
        assert conformance.valid_error(reply)["message"] == answer.json()["detail"], where
    elif answer.kind == "text/event-stream":
        events = answer.events()
        if after := urllib.parse.parse_qs(answer.query).get("starting_after"):
            numbers = [event["sequence_number"] for event in events]
            assert numbers == list(range(int(after[0]) + 1, int(after[0]) + 1 + len(numbers))), where
        else:
            check_events(events, openai_only)
    elif answer.kind == "application/json":
        body = answer.json()
        if body.get("object") == "response" and "deleted" not in body:
            conformance.valid_response(standard(body) if openai_only else body, where)
        elif body.get("object") == "response.compaction":
            conformance.valid("CompactResource", body, where)
        elif body.get("object") == "list":
            for item in body["data"]:
                conformance.valid_item(item, where)


def check_events(events, openai_only=False):
    """Checks the order and the form of a whole stream."""
    conformance.check_events([standard(event) for event in events] if openai_only else events)


# ------------------------------------------------------------------ types that only OpenAI defines


def type_names(union):
    """The values that `type` has in the members of a union."""
    names = set()
    for member in typing.get_args(typing.get_args(union)[0]):
        names.update(typing.get_args(member.model_fields["type"].annotation))
    return names


STANDARD_ITEMS = {"message", "function_call", "function_call_output", "reasoning", "compaction"}
OPENAI_ITEMS = type_names(openai_types.ResponseOutputItem) - STANDARD_ITEMS
OPENAI_EVENTS = (type_names(openai_types.ResponseStreamEvent) - set(conformance.EVENTS)
                 - {"response.reasoning_text.delta", "response.reasoning_text.done"})
OPENAI_ANNOTATIONS = {"file_citation", "container_file_citation", "file_path"}


def standard(value):
    """The same events and items with everything that only OpenAI defines as if it were an extension of somebody's.

    The standard has no such form of annotations: those become citations of a URL.
    """
    if isinstance(value, list):
        return [standard(each) for each in value]
    if not isinstance(value, dict):
        return value
    value = {key: standard(each) for key, each in value.items()}
    kind = value.get("type")
    if kind in OPENAI_ANNOTATIONS:
        return {"type": "url_citation", "url": "", "title": "", "start_index": 0, "end_index": 0}
    if kind in OPENAI_ITEMS:
        return value | {"type": f"openai:{kind}", "status": value.get("status", "completed")}
    return value | {"type": f"openai:{kind}"} if kind in OPENAI_EVENTS else value
