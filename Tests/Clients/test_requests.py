"""Requests that are refused, and what comes with every answer."""

import asyncio

import openai
import pytest
from openai.types.responses import ResponseUsage

from keys import KEYS, REQUESTS_PER_MINUTE


@pytest.mark.parametrize(("arguments", "param", "code"), [
    ({"input": 42}, "input", None),
    ({"input": "x", "temperature": 3}, "temperature", None),
    ({"input": "x", "max_output_tokens": 1}, "max_output_tokens", None),
    ({"input": "x", "truncation": "maybe"}, "truncation", None),
    ({"input": "x", "metadata": {"k": "v" * 513}}, "metadata", None),
    ({"input": [{"role": "user", "content": [{"type": "nope"}]}]}, "input", None),
    ({"input": "x", "tool_choice": {"type": "function", "name": "nope"}}, "tool_choice", None),
    ({"input": "x", "background": True}, "background", None),
    ({"input": "x", "previous_response_id": "resp_none"}, "previous_response_id", "previous_response_not_found"),
    ({}, "input", "missing_required_parameter"),
])  # fmt: skip
@pytest.mark.parametrize("stream", [False, True])
def test_a_bad_request(demo, recorder, arguments, param, code, stream):
    with pytest.raises(openai.BadRequestError) as caught:
        demo.client().responses.create(model="demo", stream=stream, **arguments)
    assert (caught.value.status_code, caught.value.type) == (400, "invalid_request")
    assert caught.value.param.startswith(param) and caught.value.body["message"]
    assert code is None or caught.value.code == code
    assert caught.value.request_id == recorder.answers[0].headers["x-request-id"]
    assert len(recorder.answers) == 1


@pytest.mark.parametrize("ask", [
    lambda client: client.responses.retrieve("resp_none"),
    lambda client: client.responses.retrieve("resp_none", stream=True),
    lambda client: client.responses.delete("resp_none"),
    lambda client: client.responses.cancel("resp_none"),
    lambda client: client.responses.input_items.list("resp_none"),
    lambda client: client.conversations.retrieve("conv_none"),
    lambda client: client.conversations.update("conv_none", metadata={}),
    lambda client: client.conversations.delete("conv_none"),
    lambda client: client.conversations.items.list("conv_none"),
    lambda client: client.conversations.items.create("conv_none", items=[{"role": "user", "content": "x"}]),
    lambda client: client.conversations.items.retrieve("msg_none", conversation_id="conv_none"),
    lambda client: client.conversations.items.delete("msg_none", conversation_id="conv_none"),
    lambda client: client.responses.create(model="demo", input="x", conversation="conv_none"),
    lambda client: client.models.retrieve("none"),
])  # fmt: skip
def test_what_is_not_there(demo, recorder, ask):
    with pytest.raises(openai.NotFoundError) as caught:
        ask(demo.client())
    assert (caught.value.type, caught.value.status_code) == ("not_found", 404)
    assert caught.value.code.endswith("_not_found") and caught.value.request_id
    assert len(recorder.answers) == 1


@pytest.mark.parametrize("prefix", ["", "/v1"])
@pytest.mark.parametrize("ask", [
    lambda client: client.responses.create(model="demo", input="x"),
    lambda client: client.responses.create(model="demo", input="x", stream=True),
    lambda client: client.conversations.create(),
    lambda client: client.models.list(),
])  # fmt: skip
def test_a_wrong_key(keyed, recorder, prefix, ask):
    with pytest.raises(openai.AuthenticationError) as caught:
        ask(keyed.client(prefix=prefix, key="wrong"))
    assert (caught.value.status_code, caught.value.code, caught.value.type) == (
        401, "invalid_api_key", "invalid_request")
    assert caught.value.request_id
    assert len(recorder.answers) == 1


def test_the_right_key(keyed):
    assert keyed.client(key=KEYS["alice"]).responses.create(model="demo", input="hi").output_text == "You said: hi"


def test_what_is_stored_belongs_to_its_key(keyed):
    alice, bob = keyed.client(key=KEYS["alice"]), keyed.client(key=KEYS["bob"])
    made = alice.responses.create(model="demo", input="secret")
    talk = alice.conversations.create(items=[{"role": "user", "content": "secret"}])
    for ask in (lambda: bob.responses.retrieve(made.id), lambda: bob.responses.delete(made.id),
                lambda: bob.conversations.items.list(talk.id),
                lambda: bob.responses.create(model="demo", input="x", conversation=talk.id)):
        with pytest.raises(openai.NotFoundError):
            ask()
    with pytest.raises(openai.BadRequestError) as caught:
        bob.responses.create(model="demo", input="x", previous_response_id=made.id)
    assert caught.value.code == "previous_response_not_found"
    assert alice.responses.retrieve(made.id).output_text == "You said: secret"


def test_too_many_requests(keyed, recorder):
    hasty = keyed.client(key=KEYS["carol"], max_retries=0)
    for _ in range(REQUESTS_PER_MINUTE):
        hasty.models.list()
    # The bucket fills while this runs, so that some more may pass.
    with pytest.raises(openai.RateLimitError) as caught:
        for _ in range(10 * REQUESTS_PER_MINUTE):
            hasty.responses.create(model="demo", input="x")
    assert (caught.value.code, caught.value.type) == ("rate_limit_exceeded", "too_many_requests")
    assert int(caught.value.response.headers["retry-after"]) >= 1
    # A client that waits as it is told gets through.
    before = len(recorder.answers)
    patient = keyed.client(key=KEYS["carol"])
    assert patient.responses.create(model="demo", input="again").output_text == "You said: again"
    assert [answer.status for answer in recorder.answers[before:]][-1] == 200


def test_headers_of_a_raw_response(demo, recorder):
    raw = demo.client().responses.with_raw_response.create(model="demo", input="raw")
    assert raw.http_response.status_code == 200
    assert raw.headers["content-type"] == "application/json"
    response = raw.parse()
    assert response.output_text == "You said: raw"
    assert raw.headers["x-request-id"] == raw.request_id == response._request_id
    again = demo.client().responses.create(model="demo", input="raw")
    assert again._request_id != raw.request_id


def test_a_request_id_of_the_clients_own(demo):
    response = demo.client().responses.create(model="demo", input="x", extra_headers={"x-request-id": "mine-1"})
    assert response._request_id == "mine-1"


def test_headers_of_a_streamed_response(demo):
    with demo.client().responses.with_streaming_response.create(model="demo", input="x", stream=True) as raw:
        assert raw.headers["content-type"].startswith("text/event-stream")
        assert raw.headers["x-request-id"]
        assert [event.type for event in raw.parse()][-1] == "response.completed"


def test_an_asynchronous_client(demo):
    async def go():
        async with demo.async_client() as client:
            plain = await client.responses.create(model="demo", input="one")
            stream = await client.responses.create(model="demo", input="two", stream=True)
            last = [event async for event in stream][-1]
            with pytest.raises(openai.NotFoundError):
                await client.responses.retrieve("resp_none")
            return plain.output_text, last.response.output_text

    assert asyncio.run(go()) == ("You said: one", "You said: two")


def test_settings_come_back(demo):
    response = demo.client().responses.create(
        model="gpt-4o", input="x", instructions="Be brief.", temperature=0.5, top_p=0.25, metadata={"team": "a"},
        max_output_tokens=100, truncation="auto", reasoning={"effort": "low"}, safety_identifier="s",
        prompt_cache_key="k", service_tier="auto", text={"verbosity": "low"})
    assert response.model == "gpt-4o" and response.instructions == "Be brief."
    assert (response.temperature, response.top_p, response.max_output_tokens) == (0.5, 0.25, 100)
    assert response.metadata == {"team": "a"} and response.truncation == "auto"
    assert (response.reasoning.effort, response.text.verbosity) == ("low", "low")
    assert (response.safety_identifier, response.prompt_cache_key) == ("s", "k")
    assert response.service_tier == "default"


def test_models(demo):
    client = demo.client()
    (model,) = list(client.models.list())
    assert (model.id, model.object) == ("demo", "model")
    assert client.models.retrieve("demo").id == "demo"


def test_input_tokens(demo):
    client = demo.client()
    few = client.responses.input_tokens.count(model="demo", input="some words")
    many = client.responses.input_tokens.count(model="demo", input="some words " * 100)
    assert few.object == "response.input_tokens"
    assert 0 < few.input_tokens < many.input_tokens


def test_a_window_after_compaction(demo, recorder):
    client = demo.client()
    history = [{"role": "user", "content": "launch on Tuesday"}, {"role": "assistant", "content": "Noted."},
               {"role": "user", "content": "and tell Ann"}]
    window = client.responses.compact(model="demo", input=history)
    assert window.object == "response.compaction"
    ResponseUsage.model_validate(recorder.answers[-1].json()["usage"])
    assert [item.type for item in window.output] == ["message", "message", "compaction"]
    assert [item.content[0].text for item in window.output[:2]] == ["launch on Tuesday", "and tell Ann"]
    assert window.usage.total_tokens == window.usage.input_tokens + window.usage.output_tokens
    again = [*recorder.answers[-1].json()["output"], {"role": "user", "content": "go on"}]
    assert client.responses.create(model="demo", input=again).output_text == "You said: go on"
    # What the window stands for counts as before.
    count = client.responses.input_tokens.count
    whole = count(model="demo", input=[*history, again[-1]]).input_tokens
    assert count(model="demo", input=again).input_tokens >= whole
    # A window of a window stands for the same.
    twice = client.responses.compact(model="demo", input=again)
    assert [item.type for item in twice.output] == ["message", "message", "message", "compaction"]


def test_compaction_of_what_is_stored(demo):
    client = demo.client()
    first = client.responses.create(model="demo", input="remember the milk")
    window = client.responses.compact(model="demo", previous_response_id=first.id)
    assert [item.type for item in window.output] == ["message", "compaction"]
    assert window.output[0].content[0].text == "remember the milk"
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(window.id)
