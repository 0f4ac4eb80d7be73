"""Stored responses: read, replayed, listed, continued, deleted."""

import time

import openai
import pytest

from scripts import asked, call, delta, done, message, streamed, WEATHER


def test_a_response_is_read_again(demo):
    client = demo.client()
    made = client.responses.create(model="demo", input="keep me", metadata={"a": "b"})
    assert client.responses.retrieve(made.id).to_dict() == made.to_dict()
    assert client.responses.delete(made.id) is None
    for ask in (client.responses.retrieve, client.responses.delete, client.responses.input_items.list):
        with pytest.raises(openai.NotFoundError) as caught:
            ask(made.id)
        assert caught.value.code == "response_not_found"


def test_a_response_that_is_not_to_be_kept(demo):
    client = demo.client()
    made = client.responses.create(model="demo", input="forget me", store=False)
    assert made.store is False
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="demo", input="go on", previous_response_id=made.id)
    assert caught.value.code == "previous_response_not_found"


def test_a_foreground_response_is_not_cancelled(demo):
    client = demo.client()
    made = client.responses.create(model="demo", input="x")
    with pytest.raises(openai.BadRequestError):
        client.responses.cancel(made.id)
    assert client.responses.retrieve(made.id).status == "completed"


STREAM = [delta("Hel"), delta("lo"), done(message("Hello")), {"type": "acme:progress", "percent": 7}, done(call())]


def test_a_stream_is_replayed(scripted, recorder):
    client = scripted.client()
    _, final = streamed(client, **asked(*STREAM))
    first = recorder.answers[-1].events()
    assert [event.sequence_number for event in client.responses.retrieve(final.id, stream=True)] == list(
        range(len(first)))
    assert recorder.answers[-1].events() == first
    for after in (0, 4, len(first) - 2, len(first) - 1, len(first) + 5):
        found = list(client.responses.retrieve(final.id, stream=True, starting_after=after))
        assert recorder.answers[-1].events() == first[after + 1:]
        assert [event.sequence_number for event in found] == list(range(after + 1, len(first)))
    assert client.responses.retrieve(final.id).to_dict() == first[-1]["response"]


def test_the_strict_helper_on_a_replay(scripted):
    client = scripted.client()
    _, final = streamed(client, **asked(*STREAM))
    with client.responses.stream(response_id=final.id, starting_after=3) as stream:
        numbers = [event.sequence_number for event in stream]
        again = stream.get_final_response()
    assert numbers == list(range(4, numbers[-1] + 1))
    assert again.output_text == "Hello" and again.id == final.id
    assert again.output[-1].arguments == '{"city": "Oslo"}'


def test_a_replay_of_what_was_not_streamed(demo):
    client = demo.client()
    made = client.responses.create(model="demo", input="one two")
    with client.responses.stream(response_id=made.id) as stream:
        deltas = [event.delta for event in stream if event.type == "response.output_text.delta"]
        final = stream.get_final_response()
    assert "".join(deltas) == final.output_text == "You said: one two"
    tail = list(client.responses.retrieve(made.id, stream=True, starting_after=2))
    assert [tail[0].sequence_number, tail[-1].type] == [3, "response.completed"]


def test_a_replay_of_a_failed_run(scripted, recorder):
    client = scripted.client()
    with pytest.raises(openai.APIError):
        list(client.responses.create(stream=True, **asked(delta("a"), raise_="boom")))
    first = recorder.answers[-1].events()
    found = client.responses.retrieve(first[0]["response"]["id"])
    assert (found.status, found.error.message) == ("failed", "boom")
    with pytest.raises(openai.APIError, match="boom"):
        list(client.responses.retrieve(found.id, stream=True))
    assert recorder.answers[-1].events() == first


def test_a_long_replay(scripted):
    client = scripted.client()
    words = [f"word{i} " for i in range(3000)]
    _, final = streamed(client, **asked(*map(delta, words)))
    found = client.responses.retrieve(final.id, stream=True, starting_after=1500)
    deltas = [event.delta for event in found if event.type == "response.output_text.delta"]
    assert deltas == words[1497:]


def test_a_response_whose_client_has_left(demo):
    client = demo.client()
    with client.responses.create(model="demo", input="count slowly", stream=True) as stream:
        opening = next(iter(stream)).response
    deadline = time.monotonic() + 20
    found = None
    while found is None:
        try:
            found = client.responses.retrieve(opening.id)
        except openai.NotFoundError:  # It is stored when the agent has noticed.
            assert time.monotonic() < deadline, "it is never stored"
            time.sleep(0.05)
    assert found.status == "cancelled" and "20" not in found.output_text


def test_input_items_over_several_pages(demo, recorder):
    client = demo.client()
    texts = [f"item {number}" for number in range(45)]
    made = client.responses.create(model="demo", input=[{"role": "user", "content": text} for text in texts])

    def listed(**arguments):
        del recorder.answers[:]
        items = list(client.responses.input_items.list(made.id, **arguments))
        return [item.content[0].text for item in items], len(recorder.answers)

    assert listed() == (texts[::-1], 3)
    assert listed(order="asc") == (texts, 3)
    assert listed(order="asc", limit=100) == (texts, 1)
    assert listed(order="asc", limit=9) == (texts, 5)
    page = client.responses.input_items.list(made.id, order="asc", limit=2)
    assert page.has_more is True and page.last_id == page.data[-1].id and page.first_id == page.data[0].id
    ids = [item.id for item in client.responses.input_items.list(made.id)]
    assert len(set(ids)) == 45 and all(ids)
    with pytest.raises(openai.BadRequestError):
        client.responses.input_items.list(made.id, after="msg_none")
    with pytest.raises(openai.BadRequestError):
        client.responses.input_items.list(made.id, limit=101)


def test_input_items_of_a_text_and_of_parts(demo):
    client = demo.client()
    made = client.responses.create(model="demo", input="just text")
    (item,) = client.responses.input_items.list(made.id).data
    assert (item.role, item.content[0].type, item.content[0].text) == ("user", "input_text", "just text")
    parts = [{"type": "input_text", "text": "see"}, {"type": "input_image", "image_url": "https://a.example/i.png"}]
    made = client.responses.create(model="demo", input=[{"role": "user", "content": parts}])
    (item,) = client.responses.input_items.list(made.id).data
    assert [part.type for part in item.content] == ["input_text", "input_image"]
    assert (item.content[1].image_url, item.content[1].detail) == ("https://a.example/i.png", "auto")


def test_a_chain_of_responses(scripted, recorder):
    client = scripted.client()
    first = client.responses.create(**asked() | {"input": "one"})
    second = client.responses.create(**asked() | {"input": "two"}, previous_response_id=first.id)
    dump = asked(dump=True) | {"input": "three"}
    third = client.responses.create(**dump, previous_response_id=second.id)
    assert (second.previous_response_id, third.previous_response_id) == (first.id, second.id)
    assert texts(third.custom_outputs["request"]) == ["one", "one", "two", "two", "three"]
    # Several may continue one.
    fork = client.responses.create(**dump, previous_response_id=first.id)
    assert texts(fork.custom_outputs["request"]) == ["one", "one", "three"]
    # Only the new items are this request's.
    assert [item.content[0].text for item in client.responses.input_items.list(third.id)] == ["three"]


def test_settings_are_not_inherited(scripted):
    client = scripted.client()
    first = client.responses.create(**asked(), instructions="Be brief.", tools=[WEATHER])
    second = client.responses.create(**asked(dump=True), previous_response_id=first.id)
    assert second.instructions is None and second.tools == []
    assert "instructions" not in second.custom_outputs["request"]


def test_a_tools_output_after_a_stored_call(demo):
    client = demo.client()
    first = client.responses.create(model="demo", input="Oslo", tools=[WEATHER])
    output = {"type": "function_call_output", "call_id": first.output[0].call_id, "output": "wet"}
    _, second = streamed(client, model="demo", input=[output], tools=[WEATHER], previous_response_id=first.id)
    assert second.output_text == "The tool answered: wet"
    third = client.responses.create(model="demo", input="thanks", previous_response_id=second.id)
    assert third.output_text == "You said: thanks"
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="demo", input=[output | {"call_id": "call_none"}], previous_response_id=first.id)
    assert caught.value.param == "input[0].call_id"


def test_a_tools_output_in_parts(demo):
    client = demo.client()
    first = client.responses.create(model="demo", input="Oslo", tools=[WEATHER])
    output = [{"type": "input_text", "text": "wet"}]
    item = {"type": "function_call_output", "call_id": first.output[0].call_id, "output": output}
    second = client.responses.create(model="demo", input=[item], tools=[WEATHER], previous_response_id=first.id)
    assert second.output_text == "The tool answered: wet"
    (listed,) = client.responses.input_items.list(second.id).data
    assert (listed.type, listed.output[0].text) == ("function_call_output", "wet")


def test_output_comes_back_as_input(demo, recorder):
    client = demo.client()
    first = client.responses.create(model="demo", input="Oslo", tools=[WEATHER], store=False)
    history = [{"role": "user", "content": "Oslo"}, *first.output,
               {"type": "function_call_output", "call_id": first.output[0].call_id, "output": "wet"}]
    second = client.responses.create(model="demo", input=history, tools=[WEATHER], store=False)
    assert second.output_text == "The tool answered: wet"
    third = client.responses.create(
        model="demo", input=[*history, *second.output, {"role": "user", "content": "bye"}], store=False)
    assert third.output_text == "You said: bye"


def test_references_to_stored_items(scripted):
    client = scripted.client()
    first = client.responses.create(**asked() | {"input": "one"})
    reference = {"type": "item_reference", "id": first.output[0].id}
    second = client.responses.create(**asked(dump=True) | {"input": [reference, {"role": "user", "content": "two"}]})
    assert texts(second.custom_outputs["request"]) == ["one", "two"]


def test_a_deleted_response_breaks_the_chain(demo):
    client = demo.client()
    first = client.responses.create(model="demo", input="one")
    second = client.responses.create(model="demo", input="two", previous_response_id=first.id)
    client.responses.delete(first.id)
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="demo", input="three", previous_response_id=second.id)
    assert caught.value.code == "previous_response_not_found"


def texts(request):
    """The texts of the messages that an agent saw."""
    contents = [item["content"] for item in request["input"]]
    return [content if isinstance(content, str) else "".join(part["text"] for part in content) for content in contents]
