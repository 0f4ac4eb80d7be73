"""`responses.connect`: responses over a WebSocket."""

import asyncio

import openai
import pytest
import websockets.exceptions

from keys import KEYS
from recording import conformance
from scripts import delta, WEATHER


def turn(connection, **arguments):
    """The events of one response, or those up to an error."""
    connection.response.create(**{"model": "demo"} | arguments)
    events = []
    while not events or events[-1].type not in (*conformance.TERMINAL, "error"):
        events.append(connection.recv())
    return events


async def async_turn(connection, **arguments):
    """The same with an asynchronous client."""
    await connection.response.create(**{"model": "demo"} | arguments)
    events = []
    while not events or events[-1].type not in (*conformance.TERMINAL, "error"):
        events.append(await connection.recv())
    return events




@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_a_response(demo, prefix):
    with demo.client(prefix=prefix).responses.connect() as connection:
        events = turn(connection, input="one two")
    assert [e.delta for e in events if e.type == "response.output_text.delta"] == ["You ", "said: ", "one ", "two"]
    assert events[-1].response.output_text == "You said: one two"
    assert [event.sequence_number for event in events] == list(range(len(events)))


def test_several_responses(demo):
    with demo.client().responses.connect() as connection:
        for text in ("one", "two", "three"):
            events = turn(connection, input=text)
            assert events[0].sequence_number == 0
            assert events[-1].response.output_text == f"You said: {text}"


def test_requests_wait_for_their_turn(demo):
    with demo.client().responses.connect() as connection:
        for text in ("one", "two", "three"):
            connection.response.create(model="demo", input=text)
        answers = []
        while len(answers) < 3:
            event = connection.recv()
            if event.type == "response.completed":
                answers.append(event.response.output_text)
    assert answers == ["You said: one", "You said: two", "You said: three"]


def test_a_tool_loop_that_is_not_stored(demo):
    client = demo.client()
    with client.responses.connect() as connection:
        first = turn(connection, input="Oslo", tools=[WEATHER], store=False)[-1].response
        output = {"type": "function_call_output", "call_id": first.output[0].call_id, "output": "wet"}
        second = turn(connection, input=[output], store=False, previous_response_id=first.id)[-1].response
    assert second.output_text == "The tool answered: wet" and second.previous_response_id == first.id
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(first.id)


def test_what_is_stored_goes_on_over_http(demo):
    client = demo.client()
    with client.responses.connect() as connection:
        first = turn(connection, input="one")[-1].response
    assert client.responses.retrieve(first.id).output_text == "You said: one"
    assert client.responses.create(model="demo", input="two", previous_response_id=first.id).status == "completed"
    with client.responses.connect() as connection:
        assert turn(connection, input="three", previous_response_id=first.id)[-1].type == "response.completed"


def test_errors_leave_the_connection_open(demo):
    with demo.client().responses.connect() as connection:
        (error,) = turn(connection, input="x", previous_response_id="resp_none", store=False)
        assert (error.type, error.status, error.error.code) == ("error", 400, "previous_response_not_found")
        (error,) = turn(connection, input=42)
        assert (error.status, error.error.param) == (400, "input")
        connection.send_raw("{nope")
        assert connection.recv().error.code == "invalid_json"
        connection.send({"type": "response.nonsense"})
        assert connection.recv().status == 400
        assert turn(connection, input="still there")[-1].response.output_text == "You said: still there"


def test_an_agent_that_fails(scripted):
    with scripted.client().responses.connect() as connection:
        connection.send({"type": "response.create", "model": "m", "input": "go", "custom_inputs": {
            "events": [delta("a")], "raise": "boom"}})
        events = []
        while not events or events[-1].type != "response.failed":
            events.append(connection.recv())
        assert events[-1].response.error.message == "boom"
        assert [event.delta for event in events if event.type == "response.output_text.delta"] == ["a"]
        connection.send({"type": "response.create", "model": "m", "input": "still there"})
        while connection.recv().type != "response.completed":
            pass


def test_handlers(demo):
    heard = []
    with demo.client().responses.connect() as connection:
        connection.on("response.output_text.delta", lambda event: heard.append(event.delta))
        connection.on("response.completed", lambda event: connection.close())
        connection.response.create(model="demo", input="hi")
        connection.dispatch_events()
    assert heard == ["You ", "said: ", "hi"]


def test_an_error_without_a_handler(demo):
    with demo.client().responses.connect() as connection:
        connection.response.create(model="demo", input="x", previous_response_id="resp_none")
        with pytest.raises(openai.OpenAIError, match="previous_response_not_found"):
            connection.dispatch_events()


def test_an_asynchronous_connection(demo):
    async def go():
        async with demo.async_client() as client, client.responses.connect() as connection:
            first = (await async_turn(connection, input="one"))[-1].response
            second = (await async_turn(connection, input="two", previous_response_id=first.id))[-1].response
            return first.output_text, second.output_text, second.previous_response_id == first.id

    assert asyncio.run(go()) == ("You said: one", "You said: two", True)


def test_a_large_text(demo):
    text = "z" * 200_000
    with demo.client().responses.connect() as connection:
        assert turn(connection, input=text)[-1].response.output_text == f"You said: {text}"


def test_keys(keyed):
    with keyed.client(key=KEYS["alice"]).responses.connect() as connection:
        assert turn(connection, input="hi")[-1].response.output_text == "You said: hi"
    with pytest.raises(websockets.exceptions.InvalidStatus) as caught:
        keyed.client(key="wrong").responses.connect().enter()
    assert caught.value.response.status_code == 401
