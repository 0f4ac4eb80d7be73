"""What schemathesis is taught: to look into streams, and that an empty field of a query counts as none.

The events of a stream are held against the description one by one, and in their order. By itself, schemathesis holds
the fields of each frame against the schema, but takes the JSON in them for a text.
"""

import functools
import json

import jsonschema_rs
import schemathesis

ENDINGS = ("response.completed", "response.incomplete", "response.failed")


def event_schema(case, status):
    """The schema of what a frame carries, as the operation's description has it."""
    answer = case.operation.definition.raw["responses"][str(status)]
    choices = answer["content"]["text/event-stream"]["schema"]["properties"]["data"]["anyOf"]
    return next(choice["contentSchema"] for choice in choices if "contentSchema" in choice)


@functools.cache
def validator(schema, components):
    """A validator of a schema that refers to components; both are given as JSON, for the cache."""
    return jsonschema_rs.validator_for(json.loads(schema) | {"components": json.loads(components)})


def frames(text):
    """(event name or None, data) of each frame."""
    assert text.endswith("\n\n"), "the stream breaks off within a frame"
    for frame in text[:-2].split("\n\n"):
        lines = [line for line in frame.split("\n") if not line.startswith(":")]
        if not lines:
            continue
        assert lines[-1].startswith("data: "), f"a frame without data: {frame!r}"
        assert len(lines) == 1 or (len(lines) == 2 and lines[0].startswith("event: ")), f"an odd frame: {frame!r}"
        yield lines[0][len("event: "):] if len(lines) == 2 else None, lines[-1][len("data: "):]


@schemathesis.hook
def filter_query(ctx, query):
    """Leaves out empty fields: the description says `allowEmptyValue`, which schemathesis takes for a fault."""
    return "" not in (query or {}).values()


@schemathesis.check
def event_stream_conformance(ctx, response, case):
    """Frames, order and content of a stream."""
    kind = (response.headers.get("content-type") or [""])[0]
    if not kind.startswith("text/event-stream"):
        return None
    all_frames = list(frames(response.content.decode("utf-8")))
    assert all_frames and all_frames[-1] == (None, "[DONE]"), "the stream does not end with [DONE]"
    components = json.dumps(case.operation.schema.raw_schema["components"])
    check = validator(json.dumps(event_schema(case, response.status_code)), components)
    events = [(name, json.loads(data)) for name, data in all_frames[:-1]]
    for _, event in events:
        for error in check.iter_errors(event):
            raise AssertionError(f"{error.message[:500]} at {error.instance_path} of {json.dumps(event)[:500]}")
    if not case.operation.path.startswith("/invocations"):
        check_order(events, is_whole=case.method == "POST")
    return None


def check_order(events, is_whole):
    """The order of the standard; a replay may begin anywhere, its end included."""
    numbers = [event["sequence_number"] for _, event in events]
    first = 0 if is_whole or not numbers else numbers[0]
    assert numbers == list(range(first, first + len(numbers))), f"numbers are not in order: {numbers}"
    for name, event in events:
        assert name == event["type"], f"a frame {name!r} with the event {event['type']!r}"
    types = [event["type"] for _, event in events]
    if is_whole:
        assert types[:1] == ["response.created"], f"the first event is {types[:1]}"
    if types:
        assert types[-1] in ENDINGS, f"the last event is {types[-1]}"
        assert sum(kind in ENDINGS for kind in types) == 1, f"not one ending: {types}"
