"""The client as MLflow's documentation uses it: at the bare host, with `custom_inputs` beside the rest."""

import json

import httpx2
import pydantic
import pytest
from openai.types.responses import Response, ResponseStreamEvent

from recording import conformance
from scripts import asked, delta, done, kinds, message, streamed


@pytest.fixture
def client(scripted):
    """A client without `/v1`."""
    return scripted.client(prefix="")


def test_custom_inputs_reach_the_agent(client, recorder):
    response = client.responses.create(
        model="agent", input=[{"role": "user", "content": "hi"}],
        extra_body={"custom_inputs": {"dump": True, "user": {"n": 1.0}}, "context": {"user_id": "u"}})
    request = response.custom_outputs["request"]
    assert request["custom_inputs"] == {"dump": True, "user": {"n": 1.0}}
    assert request["context"] == {"user_id": "u"}
    assert request["input"][0]["content"] == "hi"
    assert recorder.answers[0].path == "/responses"


def test_a_stream_of_an_agent_of_mlflow(client):
    events = list(client.responses.create(stream=True, **asked(delta("Hel"), delta("lo"), done(message("Hello")))))
    assert kinds(events)[0] == "response.created" and kinds(events)[-1] == "response.completed"
    assert [e.delta for e in events if e.type == "response.output_text.delta"] == ["Hel", "lo"]
    assert events[-1].response.output_text == "Hello"


def test_the_strict_helper_with_an_agent_of_mlflow(client):
    _, final = streamed(client, model="agent", input="a  b")
    assert final.output_text == "a  b"


def test_custom_outputs(client):
    result = {"output": [message("hi")], "custom_outputs": {"n": [1, None]}}
    response = client.responses.create(**asked(result=result))
    assert response.custom_outputs == {"n": [1, None]} and response.output_text == "hi"
    assert response.usage.total_tokens == 0


def test_a_trace_where_it_is_asked_for(client, recorder):
    headers = {"x-mlflow-return-trace-id": "true"}
    events = list(client.responses.create(model="agent", input="x", stream=True, extra_headers=headers))
    (trace,) = [event for event in events if event.type == "mlflow:trace"]
    assert trace.trace_id.startswith("tr-") and trace.trace_id == events[-1].response.metadata["trace_id"]
    assert events[-2] == trace
    plain = client.responses.create(model="agent", input="x", extra_headers=headers)
    assert plain.metadata["trace_id"].startswith("tr-")
    assert client.responses.create(model="agent", input="x").metadata == {}


def test_invocations_stay_as_they_are(client, recorder):
    body = {"input": [{"role": "user", "content": "a b"}]}
    answer = client.post("/invocations", body=body, cast_to=httpx2.Response)
    assert answer.json() == {"output": [message("a b")]}
    client.post("/invocations", body=body | {"stream": True}, cast_to=httpx2.Response)
    frames = recorder.answers[-1].body.decode().split("\n\n")
    assert frames[-2:] == ["data: [DONE]", ""] and not any(frame.startswith("event:") for frame in frames)
    events = [json.loads(frame.removeprefix("data: ")) for frame in frames[:-2]]
    assert [event["type"] for event in events] == ["response.output_text.delta"] * 2 + ["response.output_item.done"]
    assert "sequence_number" not in events[0]


def test_the_clients_own_models_take_everything(client, recorder):
    streamed(client, **asked(delta("Hi"), done(message("Hi")), done({"type": "reasoning", "id": "rs_1", "summary": [
        {"type": "summary_text", "text": "why"}]})))
    events = recorder.answers[-1].events()
    adapter = pydantic.TypeAdapter(ResponseStreamEvent)
    for event in events:
        adapter.validate_python(event)
    pydantic.TypeAdapter(Response).validate_python(events[-1]["response"])
    conformance.check_events(events)
