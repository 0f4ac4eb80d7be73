"""What the scripted agent is told to do, and pieces of what it yields. See Conformance/parity/README.md, "The script"."""

WEATHER = {
    "type": "function", "name": "get_weather", "description": "Current weather", "strict": True,
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
                   "additionalProperties": False},
}  # fmt: skip
TIME = {"type": "function", "name": "get_time", "description": "Current time", "strict": True,
        "parameters": {"type": "object", "properties": {}, "required": [], "additionalProperties": False}}


def asked(*events, **script):
    """The arguments of a call whose stream is `events`, as the agent yields them; `raise_` stands for `raise`."""
    script = {key.rstrip("_"): value for key, value in script.items()}
    if events:
        script["events"] = list(events)
    return {"model": "gpt-4o", "input": "go", "extra_body": {"custom_inputs": script}}


def delta(text, item_id="msg_1", **more):
    """A piece of text, as MLflow's agents yield it."""
    return {"type": "response.output_text.delta", "item_id": item_id, "delta": text, **more}


def done(item, **more):
    """A finished item."""
    return {"type": "response.output_item.done", "item": item, **more}


def message(*parts, item_id="msg_1", **more):
    """A message of texts, or of whole parts."""
    content = [{"type": "output_text", "text": part} if isinstance(part, str) else part for part in parts]
    return {"type": "message", "id": item_id, "role": "assistant", "content": content, **more}


def call(name="get_weather", arguments='{"city": "Oslo"}', call_id="call_1", item_id="fc_1"):
    """A call of a function."""
    return {"type": "function_call", "id": item_id, "call_id": call_id, "name": name, "arguments": arguments}


def kinds(events):
    """The types of events."""
    return [event.type for event in events]


def streamed(client, **arguments):
    """All events and the final response of the strict helper."""
    with client.responses.stream(**arguments) as stream:
        events = list(stream)
        return events, stream.get_final_response()
