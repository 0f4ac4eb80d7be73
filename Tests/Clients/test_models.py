"""A model behind the server, asked by chat completions or by responses: what the client sees, and what its endpoint."""

import asyncio

import httpx2
import openai
import pytest

from keys import MODEL, MODEL_KEY
from scripts import kinds, streamed, TIME, WEATHER

FAILURES = ["status 500", "status 503", "status 400", "unauthorized", "garbage", "garbage-after 2", "cut 2",
            "error-after 2", "failed-after 2"]


def calls(upstream, text):
    """The calls that the endpoint has got whose body holds a text."""
    return [call for call in upstream.get("/calls").json() if text in str(call["body"])]


def asked(text, /, **more):
    """The arguments of a call of the model, which is told by a text what to do."""
    return {"model": "any", "input": text, "store": False, **more}


# ------------------------------------------------------------------ answers


def test_a_stream(model):
    events, final = streamed(model.client(), **asked("say one two"))
    assert [event.delta for event in events if event.type == "response.output_text.delta"] == ["one ", "two"]
    assert final.output_text == "one two"
    assert (final.usage.input_tokens, final.usage.output_tokens, final.usage.total_tokens) == (12, 2, 14)
    assert final.usage.input_tokens_details.cached_tokens == 4


def test_an_answer_in_one_piece(model):
    response = model.client().responses.create(**asked("say one two"))
    assert (response.status, response.output_text, response.usage.total_tokens) == ("completed", "one two", 14)


def test_an_invocation(model):
    body = {"input": [{"role": "user", "content": "say one two"}]}
    with httpx2.Client() as http:
        answer = http.post(f"{model.root}/invocations", json=body)
    assert answer.status_code == 200
    assert answer.json()["output"][0]["content"][0]["text"] == "one two"


def test_many_pieces(model):
    events, final = streamed(model.client(), **asked("chunks 500"))
    assert kinds(events).count("response.output_text.delta") == 500
    assert final.output_text == " ".join(f"w{n}" for n in range(500))


def test_thoughts(model):
    events, final = streamed(model.client(), **asked("think Done."))
    assert [item.type for item in final.output] == ["reasoning", "message"]
    assert kinds(events).count("response.reasoning.delta") == 3
    assert final.output[0].content[0].text == "Let me think." and final.output_text == "Done."
    assert final.usage.output_tokens_details.reasoning_tokens == 3


def test_a_refusal(model):
    events, final = streamed(model.client(), **asked("refuse"))
    assert kinds(events).count("response.refusal.delta") == 3
    assert final.output[0].content[0].refusal == "I'm sorry, I can't help with that."


def test_a_call_of_a_function_and_its_output(model):
    client = model.client()
    arguments = {"tools": [WEATHER], "store": True}
    events, first = streamed(client, **asked('call get_weather {"city": "Oslo"}', **arguments))
    (call,) = first.output
    deltas = [event.delta for event in events if event.type == "response.function_call_arguments.delta"]
    assert (call.name, call.arguments, "".join(deltas)) == ("get_weather", '{"city": "Oslo"}', call.arguments)
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "21 degrees"}
    _, second = streamed(client, model="any", input=[output], previous_response_id=first.id, **arguments)
    assert second.output_text == "Tools said: 21 degrees"


def test_two_calls_at_once(model):
    _, final = streamed(model.client(), **asked("calls", tools=[WEATHER, TIME]))
    assert [(call.name, call.arguments) for call in final.output] == [
        ("get_weather", '{"n": 0}'), ("get_time", '{"n": 1}')]
    assert len({call.call_id for call in final.output}) == 2


def test_a_text_and_a_call(model):
    _, final = streamed(model.client(), **asked("text-and-call", tools=[TIME]))
    assert [item.type for item in final.output] == ["message", "function_call"]


@pytest.mark.parametrize("text, reason", [("long", "max_output_tokens"), ("filter", "content_filter")])
def test_an_answer_that_is_not_whole(model, text, reason):
    events = list(model.client().responses.create(stream=True, **asked(text)))
    assert events[-1].type == "response.incomplete"
    assert events[-1].response.incomplete_details.reason == reason
    assert model.client().responses.create(**asked(text)).incomplete_details.reason == reason


def test_a_format(model):
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    form = {"format": {"type": "json_schema", "name": "place", "schema": schema}}
    assert model.client().responses.create(**asked("json-format", text=form)).output_text.startswith('{"city"')


def test_streams_side_by_side(model):
    async def one(client, number):
        async with client.responses.stream(**asked(f"say number {number}")) as stream:
            return (await stream.get_final_response()).output_text

    async def go():
        async with model.async_client() as client:
            return await asyncio.gather(*(one(client, number) for number in range(20)))

    assert asyncio.run(go()) == [f"number {number}" for number in range(20)]


# ------------------------------------------------------------------ failures


@pytest.mark.parametrize("text", FAILURES)
def test_a_failure(model, recorder, text):
    with pytest.raises(openai.InternalServerError) as caught:
        model.client().responses.create(**asked(text))
    assert (caught.value.status_code, caught.value.code) == (500, "model_error")
    # The client would have tried again twice.
    assert [answer.headers.get("x-should-retry") for answer in recorder.answers] == ["false"]
    assert MODEL_KEY not in str(caught.value.body)


@pytest.mark.parametrize("text", FAILURES)
def test_a_failure_of_a_stream(model, recorder, text):
    seen = []
    with pytest.raises(openai.APIError) as caught:
        for event in model.client().responses.create(stream=True, **asked(text)):
            seen.append(event)
    assert caught.value.code == "model_error"
    deltas = [event.delta for event in seen if event.type == "response.output_text.delta"]
    assert deltas == (["w0", " w1"] if text.endswith(" 2") else [])
    error, failed = recorder.answers[-1].events()[-2:]
    assert (error["type"], failed["type"]) == ("error", "response.failed")
    assert failed["response"]["error"]["code"] == "model_error"
    assert len(recorder.answers) == 1


def test_too_many_requests(model, recorder):
    client = model.client(max_retries=0)
    with pytest.raises(openai.RateLimitError) as caught:
        client.responses.create(**asked("status 429 3600"))
    assert caught.value.code == "rate_limit_exceeded"
    assert recorder.answers[-1].headers["retry-after"] == "3600"


def test_a_context_that_is_too_long(model):
    with pytest.raises(openai.BadRequestError) as caught:
        model.client().responses.create(**asked("context"))
    assert caught.value.code == "context_length_exceeded"


@pytest.mark.parametrize("text", ["status-once 503", "status-once 429 0", "cut-before"])
def test_a_second_attempt(model, upstream, text):
    _, final = streamed(model.client(), **asked(text))
    assert final.output_text == "recovered"
    assert len(calls(upstream, text)) == 2


# ------------------------------------------------------------------ what the endpoint gets


def test_what_the_endpoint_gets(model, upstream):
    streamed(model.client(), **asked("say where", temperature=0.25, max_output_tokens=50))
    (call,) = calls(upstream, "say where")
    assert call["body"]["model"] == MODEL and call["body"]["temperature"] == 0.25
    assert call["headers"]["authorization"] == f"Bearer {MODEL_KEY}"
    assert len(call["headers"]["traceparent"].split("-")) == 4


def test_a_client_that_goes_away(model, upstream):
    with model.client().responses.create(stream=True, **asked("hang-after 1 leaving")) as stream:
        for event in stream:
            if event.type == "response.output_text.delta":
                break
    (call,) = [call for call in upstream.get("/calls?gone=leaving").json() if "leaving" in str(call["body"])]
    assert call["gone"]
