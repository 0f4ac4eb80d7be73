"""`responses.stream`: the helper that puts a stream together, and takes no other order than OpenAI's."""

import asyncio

from scripts import asked, call, delta, done, kinds, message, streamed, TIME, WEATHER

OPENING = ["response.created", "response.in_progress"]
TEXT_BEGINS = ["response.output_item.added", "response.content_part.added"]
TEXT_ENDS = ["response.output_text.done", "response.content_part.done", "response.output_item.done"]
CALL = ["response.output_item.added", "response.function_call_arguments.delta",
        "response.function_call_arguments.done", "response.output_item.done"]


def test_text_of_the_demo_agent(demo):
    events, final = streamed(demo.client(), model="gpt-4o", input="one two")
    deltas = [event for event in events if event.type == "response.output_text.delta"]
    assert [event.delta for event in deltas] == ["You ", "said: ", "one ", "two"]
    assert [event.snapshot for event in deltas] == ["You ", "You said: ", "You said: one ", "You said: one two"]
    assert kinds(events) == [*OPENING, *TEXT_BEGINS, *["response.output_text.delta"] * 4, *TEXT_ENDS,
                             "response.completed"]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert final.output_text == "You said: one two"
    assert (final.status, final.model, final.id) == ("completed", "gpt-4o", events[0].response.id)
    assert final.usage.total_tokens == final.usage.input_tokens + final.usage.output_tokens


def test_bare_deltas_without_an_item(scripted):
    events, final = streamed(scripted.client(), **asked(delta("Hel"), delta("lo")))
    assert kinds(events) == [*OPENING, *TEXT_BEGINS, *["response.output_text.delta"] * 2, *TEXT_ENDS,
                             "response.completed"]
    assert final.output_text == "Hello"
    assert len(final.output) == 1 and final.output[0].status == "completed"


def test_an_items_text_goes_before_that_of_its_deltas(scripted):
    _, final = streamed(scripted.client(), **asked(delta("Hel"), done(message("Hello!"))))
    assert final.output_text == "Hello!"


def test_an_item_without_deltas(scripted):
    events, final = streamed(scripted.client(), **asked(done(message("whole"))))
    assert [event.delta for event in events if event.type == "response.output_text.delta"] == ["whole"]
    assert final.output_text == "whole"


def test_items_without_ids(scripted):
    first, second = message("a"), message("b")
    del first["id"], second["id"]
    _, final = streamed(scripted.client(), **asked(done(first), done(second)))
    assert final.output_text == "ab"
    assert len({item.id for item in final.output}) == 2 and all(item.id for item in final.output)


def test_an_id_that_two_items_have(scripted):
    _, final = streamed(scripted.client(), **asked(done(message("a")), done(message("b"))))
    assert [item.content[0].text for item in final.output] == ["a", "b"]
    assert final.output[0].id != final.output[1].id


def test_nothing_at_all(scripted):
    events, final = streamed(scripted.client(), **asked(events=[]))
    assert kinds(events) == [*OPENING, "response.completed"]
    assert final.output == [] and final.output_text == ""


def test_several_messages_with_phases(scripted):
    items = [message("Thinking. ", item_id="m1", phase="commentary"), message("Four.", item_id="m2",
                                                                               phase="final_answer")]
    events, final = streamed(scripted.client(), **asked(*map(done, items)))
    assert [item.phase for item in final.output] == ["commentary", "final_answer"]
    assert final.output_text == "Thinking. Four."
    added = [event.item for event in events if event.type == "response.output_item.added"]
    assert [item.phase for item in added] == ["commentary", "final_answer"]
    assert [event.output_index for event in events if event.type == "response.output_item.done"] == [0, 1]


def test_several_parts_in_a_message(scripted):
    events, final = streamed(scripted.client(), **asked(done(message("one, ", "two"))))
    assert [part.text for part in final.output[0].content] == ["one, ", "two"]
    assert [event.content_index for event in events if event.type == "response.content_part.done"] == [0, 1]


def test_messages_whose_deltas_take_turns(scripted):
    events = [delta("a", "m1"), delta("x", "m2"), delta("b", "m1"), delta("y", "m2"),
              done(message("ab", item_id="m1")), done(message("xy", item_id="m2"))]
    _, final = streamed(scripted.client(), **asked(*events))
    assert [item.content[0].text for item in final.output] == ["ab", "xy"]


def test_text_of_all_kinds(scripted):
    text = 'a\nb\r\n"q" \\ \u2028 \u0000 naïve 日本語 👩‍👩‍👧 data: [DONE]\n\nevent: x\n\n: y'
    pieces = [text[i:i + 3] for i in range(0, len(text), 3)]
    _, final = streamed(scripted.client(), **asked(*map(delta, pieces), done(message(text))))
    assert final.output_text == text


def test_a_long_stream(scripted):
    words = [f"word{i} " for i in range(2000)]
    events, final = streamed(scripted.client(), **asked(*map(delta, words)))
    assert final.output_text == "".join(words)
    assert kinds(events).count("response.output_text.delta") == 2000


def test_a_call(scripted):
    events, final = streamed(scripted.client(), **asked(done(call())), tools=[WEATHER])
    assert kinds(events) == [*OPENING, *CALL, "response.completed"]
    assert events[3].snapshot == '{"city": "Oslo"}'
    item = final.output[0]
    assert (item.name, item.call_id, item.arguments) == ("get_weather", "call_1", '{"city": "Oslo"}')
    assert item.parsed_arguments == {"city": "Oslo"}
    assert final.tools[0].parameters == WEATHER["parameters"]


def test_parallel_calls_whose_arguments_take_turns(scripted):
    def added(name, call_id, item_id):
        return {"type": "response.output_item.added", "item": call(name, "", call_id, item_id)}

    def arguments(item_id, piece):
        return {"type": "response.function_call_arguments.delta", "item_id": item_id, "delta": piece}

    events = [added("get_weather", "c1", "f1"), added("get_time", "c2", "f2"), arguments("f1", '{"city":'),
              arguments("f2", "{"), arguments("f1", '"Rome"}'), arguments("f2", "}"),
              done(call("get_time", "{}", "c2", "f2")), done(call("get_weather", '{"city":"Rome"}', "c1", "f1"))]
    events, final = streamed(scripted.client(), **asked(*events), tools=[WEATHER, TIME])
    assert [(item.name, item.call_id, item.parsed_arguments) for item in final.output] == [
        ("get_weather", "c1", {"city": "Rome"}), ("get_time", "c2", {})]
    snapshots = {event.output_index: event.snapshot for event in events
                 if event.type == "response.function_call_arguments.delta"}
    assert snapshots == {0: '{"city":"Rome"}', 1: "{}"}


def test_one_call_where_parallel_ones_are_not_wanted(scripted):
    events = [done(call()), done(call("get_time", "{}", "call_2", "fc_2"))]
    _, final = streamed(scripted.client(), **asked(*events), tools=[WEATHER, TIME], parallel_tool_calls=False)
    assert [item.name for item in final.output] == ["get_weather"]
    assert final.parallel_tool_calls is False


def test_a_call_that_the_agent_answers_itself(scripted):
    output = {"type": "function_call_output", "call_id": "call_1", "output": "sunny"}
    events, final = streamed(scripted.client(), **asked(done(call()), done(output), done(message("It is sunny."))))
    assert [item.type for item in final.output] == ["function_call", "function_call_output", "message"]
    assert final.output[1].call_id == final.output[0].call_id == "call_1"
    assert (final.output[1].output, final.output[1].status) == ("sunny", "completed")
    assert final.output_text == "It is sunny."


def test_reasoning_with_a_summary(scripted):
    item = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "First."},
                                                           {"type": "summary_text", "text": "Then."}]}
    events, final = streamed(scripted.client(), **asked(done(item), done(message("So."))))
    assert [part.text for part in final.output[0].summary] == ["First.", "Then."]
    part = ["response.reasoning_summary_part.added", "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.done", "response.reasoning_summary_part.done"]
    assert kinds(events)[2:12] == ["response.output_item.added", *part, *part, "response.output_item.done"]
    assert [event.delta for event in events if event.type == part[1]] == ["First.", "Then."]
    assert final.output_text == "So."


def test_reasoning_in_the_raw(scripted):
    item = {"type": "reasoning", "id": "rs_1", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm, no."}]}
    pieces = [{"type": "response.reasoning_text.delta", "item_id": "rs_1", "content_index": 0, "delta": piece}
              for piece in ("Hm", ", no.")]
    events, final = streamed(scripted.client(), **asked(*pieces, done(item)))
    assert [event.delta for event in events if event.type == "response.reasoning.delta"] == ["Hm", ", no."]
    assert not any(kind.startswith("response.reasoning_text") for kind in kinds(events))
    assert final.output[0].content[0].text == "Hm, no."
    assert final.output[0].summary == []


def test_encrypted_reasoning_for_those_who_ask(scripted):
    item = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "opaque=="}
    _, without = streamed(scripted.client(), **asked(done(item)))
    assert without.output[0].encrypted_content is None
    _, final = streamed(scripted.client(), **asked(done(item)), include=["reasoning.encrypted_content"])
    assert final.output[0].encrypted_content == "opaque=="


def test_a_refusal(scripted):
    part = {"type": "refusal", "refusal": "I will not."}
    events, final = streamed(scripted.client(), **asked(done(message(part))))
    assert [event.delta for event in events if event.type == "response.refusal.delta"] == ["I will not."]
    assert [event.refusal for event in events if event.type == "response.refusal.done"] == ["I will not."]
    assert final.output[0].content[0].refusal == "I will not."
    assert final.output_text == ""


def test_a_refusal_in_pieces_after_text(scripted):
    pieces = [delta("Well. "), *({"type": "response.refusal.delta", "item_id": "msg_1", "content_index": 1,
                                  "delta": piece} for piece in ("I will ", "not."))]
    _, final = streamed(scripted.client(), **asked(*pieces))
    assert [part.type for part in final.output[0].content] == ["output_text", "refusal"]
    assert final.output[0].content[1].refusal == "I will not."
    assert final.output_text == "Well. "


def test_citations_of_a_finished_item(scripted):
    note = {"type": "url_citation", "url": "https://a.example/x", "title": "X", "start_index": 4, "end_index": 5}
    part = {"type": "output_text", "text": "See X", "annotations": [note, note | {"title": "Y"}]}
    events, final = streamed(scripted.client(), **asked(done(message(part))))
    found = [event for event in events if event.type == "response.output_text.annotation.added"]
    assert [(event.annotation_index, event.annotation.title) for event in found] == [(0, "X"), (1, "Y")]
    notes = final.output[0].content[0].annotations
    assert [(n.url, n.title, n.start_index, n.end_index) for n in notes] == [
        ("https://a.example/x", "X", 4, 5), ("https://a.example/x", "Y", 4, 5)]


def test_citations_on_their_own(scripted):
    note = {"type": "response.output_text.annotation.added", "item_id": "msg_1", "annotation_index": 0,
            "annotation": {"type": "url_citation", "url": "https://a.example", "title": "A"}}
    _, final = streamed(scripted.client(), **asked(delta("See A"), note, done(message("See A"))))
    (annotation,) = final.output[0].content[0].annotations
    assert (annotation.url, annotation.title) == ("https://a.example", "A")
    assert (annotation.start_index, annotation.end_index) == (0, 5)


def test_extensions_pass(scripted):
    item = {"type": "acme:note", "id": "n_1", "status": "completed", "text": "noted"}
    events, final = streamed(
        scripted.client(), **asked({"type": "acme:progress", "percent": 50}, done(item), delta("Hi")))
    assert [event.percent for event in events if event.type == "acme:progress"] == [50]
    assert (final.output[0].type, final.output[0].text) == ("acme:note", "noted")
    assert final.output_text == "Hi"


def test_custom_outputs_of_several_events(scripted):
    events = [delta("a", custom_outputs={"x": 1}), done(message("a"), custom_outputs={"y": [2]})]
    events, final = streamed(scripted.client(), **asked(*events))
    assert final.custom_outputs == {"x": 1, "y": [2]}
    assert [e.custom_outputs for e in events if e.type == "response.output_item.done"] == [{"y": [2]}]


def test_streams_of_models_that_the_agent_passes_on(scripted):
    def life(number, *events):
        response = {"id": f"resp_model{number}", "object": "response", "status": "in_progress", "output": []}
        usage = {"input_tokens": 10, "output_tokens": number, "total_tokens": 10 + number}
        return [{"type": "response.created", "sequence_number": 0, "response": response},
                {"type": "response.in_progress", "sequence_number": 1, "response": response}, *events,
                {"type": "response.completed", "sequence_number": 9,
                 "response": response | {"status": "completed", "model": "inner", "usage": usage}}]

    first = life(1, {"type": "response.output_item.added", "output_index": 0, "item": call(arguments="")},
                 {"type": "response.function_call_arguments.delta", "output_index": 0, "item_id": "fc_1",
                  "delta": '{"city": "Oslo"}'},
                 {"type": "response.function_call_arguments.done", "output_index": 0, "item_id": "fc_1",
                  "arguments": '{"city": "Oslo"}'},
                 done(call(), output_index=0))
    output = done({"type": "function_call_output", "call_id": "call_1", "output": "wet"})
    second = life(2, {"type": "response.output_item.added", "output_index": 0, "item": message()},
                  {"type": "response.content_part.added", "output_index": 0, "content_index": 0, "item_id": "msg_1",
                   "part": {"type": "output_text", "text": "", "annotations": []}},
                  delta("Wet.", output_index=0, content_index=0),
                  {"type": "response.output_text.done", "output_index": 0, "content_index": 0, "item_id": "msg_1",
                   "text": "Wet."},
                  {"type": "response.content_part.done", "output_index": 0, "content_index": 0, "item_id": "msg_1",
                   "part": {"type": "output_text", "text": "Wet.", "annotations": []}},
                  done(message("Wet."), output_index=0))
    events, final = streamed(scripted.client(), **asked(*first, output, *second))
    assert kinds(events).count("response.created") == kinds(events).count("response.completed") == 1
    assert [item.type for item in final.output] == ["function_call", "function_call_output", "message"]
    assert final.output_text == "Wet."
    assert (final.usage.input_tokens, final.usage.output_tokens, final.usage.total_tokens) == (20, 3, 23)
    assert final.id == events[0].response.id and not final.id.startswith("resp_model")
    assert final.model == "inner"


def test_an_asynchronous_stream(scripted):
    async def go():
        async with scripted.async_client() as client:
            async with client.responses.stream(**asked(delta("Hel"), delta("lo"))) as stream:
                snapshots = [e.snapshot async for e in stream if e.type == "response.output_text.delta"]
                return snapshots, (await stream.get_final_response()).output_text

    assert asyncio.run(go()) == (["Hel", "Hello"], "Hello")


def test_streams_side_by_side(demo):
    async def one(client, number):
        async with client.responses.stream(model="demo", input=f"number {number}") as stream:
            return (await stream.get_final_response()).output_text

    async def go():
        async with demo.async_client() as client:
            return await asyncio.gather(*(one(client, number) for number in range(20)))

    assert asyncio.run(go()) == [f"You said: number {number}" for number in range(20)]
