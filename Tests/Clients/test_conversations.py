"""Conversations: items that are kept under one id."""

import openai
import pytest

from scripts import asked, streamed, WEATHER
from test_stored import texts


def said(items):
    return [(item.role, item.content[0].text) for item in items]


def test_a_conversations_life(demo):
    client = demo.client()
    made = client.conversations.create(metadata={"topic": "a"}, items=[{"role": "user", "content": "before"}])
    assert made.id.startswith("conv_") and (made.object, made.metadata) == ("conversation", {"topic": "a"})
    assert client.conversations.retrieve(made.id) == made
    updated = client.conversations.update(made.id, metadata={"topic": "b"})
    assert (updated.id, updated.metadata, updated.created_at) == (made.id, {"topic": "b"}, made.created_at)
    assert client.conversations.retrieve(made.id).metadata == {"topic": "b"}
    assert said(client.conversations.items.list(made.id)) == [("user", "before")]
    deleted = client.conversations.delete(made.id)
    assert (deleted.id, deleted.deleted, deleted.object) == (made.id, True, "conversation.deleted")
    with pytest.raises(openai.NotFoundError) as caught:
        client.conversations.retrieve(made.id)
    assert caught.value.code == "conversation_not_found"


def test_items_over_several_pages(demo, recorder):
    client = demo.client()
    made = client.conversations.create()
    sent = [f"item {number}" for number in range(50)]
    for start in (0, 20, 40):
        added = client.conversations.items.create(
            made.id, items=[{"role": "user", "content": text} for text in sent[start:start + 20]])
        assert [item.content[0].text for item in added.data] == sent[start:start + 20]

    def listed(**arguments):
        del recorder.answers[:]
        items = list(client.conversations.items.list(made.id, **arguments))
        return [item.content[0].text for item in items], len(recorder.answers)

    assert listed() == (sent[::-1], 3)
    assert listed(order="asc") == (sent, 3)
    assert listed(order="asc", limit=100) == (sent, 1)
    third = client.conversations.items.list(made.id, order="asc", limit=3).data[2]
    assert listed(order="asc", after=third.id, limit=100) == (sent[3:], 1)
    with pytest.raises(openai.BadRequestError):
        client.conversations.items.list(made.id, after="msg_none")


def test_single_items(demo):
    client = demo.client()
    made = client.conversations.create(items=[{"role": "user", "content": "a"}, {"role": "user", "content": "b"}])
    first, second = client.conversations.items.list(made.id, order="asc").data
    assert client.conversations.items.retrieve(first.id, conversation_id=made.id).content[0].text == "a"
    assert client.conversations.items.delete(first.id, conversation_id=made.id).id == made.id
    assert [item.id for item in client.conversations.items.list(made.id)] == [second.id]
    with pytest.raises(openai.NotFoundError) as caught:
        client.conversations.items.retrieve(first.id, conversation_id=made.id)
    assert caught.value.code == "item_not_found"


def test_responses_in_a_conversation(scripted):
    client = scripted.client()
    talk = client.conversations.create(items=[{"role": "user", "content": "before"}])
    first = client.responses.create(**asked() | {"input": "one"}, conversation=talk.id)
    assert first.conversation.id == talk.id
    _, second = streamed(client, **asked() | {"input": "two"}, conversation={"id": talk.id})
    assert second.conversation.id == talk.id
    third = client.responses.create(**asked(dump=True) | {"input": "three"}, conversation=talk.id)
    assert texts(third.custom_outputs["request"]) == ["before", "one", "one", "two", "two", "three"]
    assert said(client.conversations.items.list(talk.id, order="asc")) == [
        ("user", "before"), ("user", "one"), ("assistant", "one"), ("user", "two"), ("assistant", "two"),
        ("user", "three"), ("assistant", "dump")]


def test_items_of_a_response_keep_their_ids(demo):
    client = demo.client()
    talk = client.conversations.create()
    made = client.responses.create(model="demo", input="hi", conversation=talk.id)
    assert client.conversations.items.list(talk.id).data[0].id == made.output[0].id


def test_tools_in_a_conversation(demo):
    client = demo.client()
    talk = client.conversations.create()
    first = client.responses.create(model="demo", input="Oslo", tools=[WEATHER], conversation=talk.id)
    output = {"type": "function_call_output", "call_id": first.output[0].call_id, "output": "wet"}
    second = client.responses.create(model="demo", input=[output], tools=[WEATHER], conversation=talk.id)
    assert second.output_text == "The tool answered: wet"
    assert [item.type for item in client.conversations.items.list(talk.id, order="asc")] == [
        "message", "function_call", "function_call_output", "message"]


def test_a_failed_response_adds_nothing(scripted):
    client = scripted.client()
    talk = client.conversations.create()
    with pytest.raises(openai.InternalServerError):
        client.responses.create(**asked(raise_="boom"), conversation=talk.id)
    with pytest.raises(openai.APIError):
        list(client.responses.create(stream=True, **asked(raise_="boom"), conversation=talk.id))
    assert client.conversations.items.list(talk.id).data == []


def test_a_conversation_and_a_previous_response(demo):
    client = demo.client()
    talk = client.conversations.create()
    made = client.responses.create(model="demo", input="x")
    with pytest.raises(openai.BadRequestError):
        client.responses.create(model="demo", input="x", conversation=talk.id, previous_response_id=made.id)
