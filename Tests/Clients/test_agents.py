"""`openai-agents`, with the demo agent in the place of a model."""

import asyncio
import json

import agents
import pydantic
import pytest
from agents.models.openai_responses import OpenAIResponsesModel, OpenAIResponsesWSModel

from recording import conformance


@agents.function_tool
def get_weather(city: str) -> str:
    """Current weather."""
    return f"wet in {city}"


class Desk:
    """A client, and the models that use it."""

    def __init__(self, client):
        self.client, self.models = client, []

    def worker(self, kind=OpenAIResponsesModel, **more):
        """An agent that has a tool, and its model at the server."""
        self.models.append(kind(model="demo", openai_client=self.client))
        options = {"name": "worker", "instructions": "Use the tool.", "tools": [get_weather]} | more
        return agents.Agent(model=self.models[-1], **options)


def run(place, go):
    """Runs `go(desk)` in an event loop."""

    async def within():
        async with place.async_client() as client:
            desk = Desk(client)
            try:
                return await go(desk)
            finally:
                for model in desk.models:
                    await model.close()

    return asyncio.run(within())


def requests(recorder):
    """The bodies of all requests for responses."""
    return [json.loads(answer.sent) for answer in recorder.answers if answer.path.endswith("/responses")]


@pytest.mark.parametrize("model", [OpenAIResponsesModel, OpenAIResponsesWSModel])
def test_a_tool_loop(demo, recorder, model):
    async def go(desk):
        return await agents.Runner.run(desk.worker(model), "Oslo")

    result = run(demo, go)
    assert result.final_output == "The tool answered: wet in Oslo"
    assert [item.type for item in result.new_items] == ["tool_call_item", "tool_call_output_item",
                                                        "message_output_item"]
    assert result.context_wrapper.usage.requests == 2


@pytest.mark.parametrize("model", [OpenAIResponsesModel, OpenAIResponsesWSModel])
def test_a_streamed_tool_loop(demo, recorder, model):
    async def go(desk):
        result = agents.Runner.run_streamed(desk.worker(model), "Oslo")
        return result, [event async for event in result.stream_events()]

    result, events = run(demo, go)
    assert result.final_output == "The tool answered: wet in Oslo"
    raw = [event.data for event in events if event.type == "raw_response_event"]
    assert "".join(e.delta for e in raw if e.type == "response.output_text.delta") == result.final_output
    assert [e.type for e in raw].count("response.completed") == 2
    assert [event.name for event in events if event.type == "run_item_stream_event"] == [
        "tool_called", "tool_output", "message_output_created"]


@pytest.mark.parametrize("streamed", [False, True])
def test_a_handoff(demo, streamed):
    async def go(desk):
        helper = desk.worker(name="helper", tools=[], handoff_description="Helps.")
        triage = desk.worker(tools=[], handoffs=[helper])
        if not streamed:
            return await agents.Runner.run(triage, "help")
        result = agents.Runner.run_streamed(triage, "help")
        async for _ in result.stream_events():
            pass
        return result

    result = run(demo, go)
    assert result.last_agent.name == "helper"
    assert result.final_output == 'The tool answered: {"assistant": "helper"}'


def test_turns_by_previous_response(demo, recorder):
    async def go(desk):
        agent = desk.worker()
        first = await agents.Runner.run(agent, "Oslo", auto_previous_response_id=True)
        second = await agents.Runner.run(
            agent, "Rome", previous_response_id=first.last_response_id, auto_previous_response_id=True)
        return first, second

    first, second = run(demo, go)
    assert first.final_output == "The tool answered: wet in Oslo"
    assert second.final_output == "The tool answered: wet in Rome"
    bodies = requests(recorder)
    # Only what is new is sent.
    assert [len(body["input"]) for body in bodies] == [1, 1, 1, 1]
    assert [body.get("previous_response_id") for body in bodies][2] == first.last_response_id


def test_a_session_that_the_server_keeps(demo, recorder):
    async def go(desk):
        session = agents.OpenAIConversationsSession(openai_client=desk.client)
        agent = desk.worker()
        outputs = [(await agents.Runner.run(agent, text, session=session)).final_output for text in ("Oslo", "Rome")]
        items = await session.get_items()
        last = await session.get_items(limit=2)
        popped = await session.pop_item()
        rest = await session.get_items()
        many = [{"role": "user", "content": f"more {n}"} for n in range(45)]
        await session.add_items(many)
        full = await session.get_items()
        await session.clear_session()
        return outputs, items, last, popped, rest, full

    outputs, items, last, popped, rest, full = run(demo, go)
    assert outputs == ["The tool answered: wet in Oslo", "The tool answered: wet in Rome"]
    assert [item["type"] for item in items] == ["message", "function_call", "function_call_output", "message"] * 2
    assert last == items[-2:]
    assert popped == items[-1]
    assert rest == items[:-1]
    assert [item["content"][0]["text"] for item in full[len(rest):]] == [f"more {n}" for n in range(45)]


def test_a_conversation_that_the_run_names(demo, recorder):
    async def go(desk):
        talk = await desk.client.conversations.create()
        agent = desk.worker()
        result = await agents.Runner.run(agent, "Oslo", conversation_id=talk.id)
        items = [item.type async for item in desk.client.conversations.items.list(talk.id, order="asc")]
        return result.final_output, items

    final_output, items = run(demo, go)
    assert final_output == "The tool answered: wet in Oslo"
    assert items == ["message", "function_call", "function_call_output", "message"]
    assert [len(body["input"]) for body in requests(recorder)] == [1, 1]


def test_an_answer_of_a_type(demo):
    class Plan(pydantic.BaseModel):
        title: str
        steps: list[str]

    async def go(desk):
        return (await agents.Runner.run(desk.worker(tools=[], output_type=Plan), "Travel")).final_output

    plan = run(demo, go)
    assert isinstance(plan, Plan) and plan.title == "Travel"


@pytest.mark.parametrize("model", [OpenAIResponsesModel, OpenAIResponsesWSModel])
def test_a_run_that_fails(scripted, model):
    async def go(desk):
        settings = agents.ModelSettings(extra_body={"custom_inputs": {"events": [], "raise": "boom"}})
        agent = desk.worker(model, tools=[], model_settings=settings)
        result = agents.Runner.run_streamed(agent, "go")
        with pytest.raises(Exception, match="boom"):
            async for _ in result.stream_events():
                pass
        return await agents.Runner.run(desk.worker(model, tools=[]), "go on")

    assert run(scripted, go).final_output == "go on"


def test_many_turns_on_one_socket(demo, recorder):
    async def go(desk):
        agent = desk.worker(OpenAIResponsesWSModel, tools=[])
        return [(await agents.Runner.run(agent, f"turn {n}")).final_output for n in range(5)]

    assert run(demo, go) == [f"You said: turn {n}" for n in range(5)]
    assert len(list(recorder.turns())) == 5
    for turn in recorder.turns():
        conformance.check_events(turn)
