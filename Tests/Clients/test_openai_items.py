"""Types that only OpenAI defines, which an agent may pass on from OpenAI's models."""

import pytest

from scripts import asked, delta, done, kinds, message, streamed

pytestmark = pytest.mark.openai_only


def test_a_web_search(scripted):
    item = {"type": "web_search_call", "id": "ws_1", "status": "completed",
            "action": {"type": "search", "query": "swift", "queries": ["swift"]}}

    def event(state):
        return {"type": f"response.web_search_call.{state}", "output_index": 0, "item_id": "ws_1"}

    added = {"type": "response.output_item.added", "output_index": 0, "item": item | {"status": "in_progress"}}
    events, final = streamed(scripted.client(), **asked(
        added, event("in_progress"), event("searching"), event("completed"), done(item), done(message("Found."))))
    assert kinds(events)[2:7] == [
        "response.output_item.added", "response.web_search_call.in_progress", "response.web_search_call.searching",
        "response.web_search_call.completed", "response.output_item.done"]
    assert {event.item_id for event in events[3:6]} == {final.output[0].id}
    assert type(final.output[0]).__name__ == "ResponseFunctionWebSearch"
    assert final.output[0].action.query == "swift"
    assert final.output_text == "Found."


def test_an_mcp_call_with_its_list_and_its_request_for_approval(scripted):
    tools = {"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "docs", "tools": [
        {"name": "find", "input_schema": {"type": "object"}}]}
    request = {"type": "mcp_approval_request", "id": "mcpr_1", "server_label": "docs", "name": "find",
               "arguments": '{"q":1}'}
    item = {"type": "mcp_call", "id": "mcp_1", "server_label": "docs", "name": "find", "arguments": '{"q":1}',
            "output": "42", "status": "completed"}
    pieces = [{"type": "response.output_item.added", "item": item | {"arguments": "", "status": "in_progress",
                                                                     "output": None}},
              {"type": "response.mcp_call_arguments.delta", "item_id": "mcp_1", "output_index": 0, "delta": '{"q":1}'},
              {"type": "response.mcp_call_arguments.done", "item_id": "mcp_1", "output_index": 0,
               "arguments": '{"q":1}'},
              {"type": "response.mcp_call.completed", "item_id": "mcp_1", "output_index": 0}]
    events, final = streamed(scripted.client(), **asked(done(tools), *pieces, done(item), done(request)))
    assert [item.type for item in final.output] == ["mcp_list_tools", "mcp_call", "mcp_approval_request"]
    assert final.output[0].tools[0].name == "find"
    assert (final.output[1].arguments, final.output[1].output) == ('{"q":1}', "42")
    assert (final.output[2].server_label, final.output[2].arguments) == ("docs", '{"q":1}')
    arguments = [event for event in events if event.type == "response.mcp_call_arguments.delta"]
    assert [(event.output_index, event.delta) for event in arguments] == [(1, '{"q":1}')]


def test_citations_of_files(scripted):
    note = {"type": "file_citation", "file_id": "file_1", "filename": "a.txt", "index": 3}
    part = {"type": "output_text", "text": "Read it", "annotations": [note]}
    _, final = streamed(scripted.client(), **asked(delta("Read it"), done(message(part))))
    (annotation,) = final.output[0].content[0].annotations
    assert (annotation.type, annotation.file_id, annotation.filename, annotation.index) == (
        "file_citation", "file_1", "a.txt", 3)


def test_a_custom_tool(scripted):
    item = {"type": "custom_tool_call", "id": "ctc_1", "call_id": "call_1", "name": "run", "input": "ls -l"}
    pieces = [{"type": "response.output_item.added", "output_index": 0, "item": item | {"input": ""}},
              {"type": "response.custom_tool_call_input.delta", "item_id": "ctc_1", "output_index": 0, "delta": "ls -l"},
              {"type": "response.custom_tool_call_input.done", "item_id": "ctc_1", "output_index": 0, "input": "ls -l"}]
    events, final = streamed(scripted.client(), **asked(*pieces, done(item)))
    assert (final.output[0].name, final.output[0].input, final.output[0].call_id) == ("run", "ls -l", "call_1")
    assert "response.custom_tool_call_input.delta" in kinds(events)


def test_they_come_back_as_input(scripted):
    items = [{"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}},
             {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True},
             {"role": "user", "content": "and now?"}]
    response = scripted.client().responses.create(model="gpt-4o", input=items)
    assert response.output_text == "and now?"
