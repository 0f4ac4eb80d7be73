"""Streams and answers that do not end well: errors, failures, limits."""

import openai
import pytest

from scripts import asked, call, delta, done, kinds, message, WEATHER


def end(recorder):
    """The last two events of the last stream, as they came."""
    return recorder.answers[-1].events()[-2:]


def test_an_agent_that_fails_in_the_middle(scripted, recorder):
    seen = []
    with pytest.raises(openai.APIError) as caught:
        for event in scripted.client().responses.create(
                stream=True, **asked(delta("Hel"), delta("lo"), raise_="the model is gone")):
            seen.append(event)
    assert [event.delta for event in seen if event.type == "response.output_text.delta"] == ["Hel", "lo"]
    assert (caught.value.message, caught.value.code, caught.value.type) == (
        "the model is gone", "model_error", "model_error")
    error, failed = end(recorder)
    assert (error["type"], error["message"], error["code"]) == ("error", "the model is gone", "model_error")
    assert failed["type"] == "response.failed"
    assert failed["response"]["error"] == {"code": "model_error", "message": "the model is gone"}
    # The open message was never finished.
    assert failed["response"]["output"] == []
    assert len(recorder.answers) == 1


def test_an_agent_that_fails_after_an_item(scripted, recorder):
    with pytest.raises(openai.APIError):
        list(scripted.client().responses.create(
            stream=True, **asked(done(message("kept")), delta("lost", "msg_2"), raise_="boom")))
    assert [item["content"][0]["text"] for item in end(recorder)[1]["response"]["output"]] == ["kept"]


def test_the_strict_helper_raises_too(scripted):
    with scripted.client().responses.stream(**asked(delta("Hel"), raise_="boom")) as stream:
        with pytest.raises(openai.APIError, match="boom"):
            stream.get_final_response()


def test_an_error_event_of_the_agent(scripted, recorder):
    event = {"type": "error", "code": "context_too_long", "message": "too much", "param": None}
    with pytest.raises(openai.APIError) as caught:
        list(scripted.client().responses.create(stream=True, **asked(delta("a"), event)))
    assert (caught.value.message, caught.value.code) == ("too much", "context_too_long")
    assert end(recorder)[1]["response"]["error"] == {"code": "context_too_long", "message": "too much"}


def test_a_failed_response_of_the_agent(scripted, recorder):
    response = {"id": "r", "status": "failed", "output": [], "error": {"code": "rate_limit_exceeded", "message": "later"}}
    with pytest.raises(openai.APIError, match="later"):
        list(scripted.client().responses.create(
            stream=True, **asked(delta("a"), {"type": "response.failed", "response": response})))
    assert end(recorder)[1]["response"]["status"] == "failed"


def test_an_event_that_nobody_knows(scripted, recorder):
    with pytest.raises(openai.APIError, match="response.nonsense"):
        list(scripted.client().responses.create(stream=True, **asked({"type": "response.nonsense"})))
    assert end(recorder)[1]["type"] == "response.failed"


def test_a_call_outside_the_tools(scripted, recorder):
    with pytest.raises(openai.APIError):
        list(scripted.client().responses.create(
            stream=True, tools=[WEATHER], **asked(done(call("format_disk", "{}")))))
    assert end(recorder)[1]["response"]["error"]["code"] == "model_error"


def test_no_call_where_one_is_required(scripted):
    with pytest.raises(openai.APIError):
        list(scripted.client().responses.create(
            stream=True, tools=[WEATHER], tool_choice="required", **asked(done(message("no")))))


def test_a_limit_of_tokens(scripted):
    cut = message("Once upon", status="incomplete")
    response = {"id": "r", "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    with scripted.client().responses.stream(
            max_output_tokens=16,
            **asked(delta("Once upon"), done(cut), {"type": "response.incomplete", "response": response})) as stream:
        events = list(stream)
        with pytest.raises(RuntimeError, match="response.completed"):
            stream.get_final_response()
    last = events[-1]
    assert last.type == "response.incomplete"
    assert (last.response.status, last.response.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert (last.response.output[0].status, last.response.output_text) == ("incomplete", "Once upon")
    assert last.response.max_output_tokens == 16


def test_a_limit_of_tokens_with_an_open_item(scripted):
    response = {"id": "r", "status": "incomplete", "incomplete_details": {"reason": "content_filter"}}
    events = list(scripted.client().responses.create(
        stream=True, **asked(delta("Once"), {"type": "response.incomplete", "response": response})))
    assert kinds(events)[-2:] == ["response.output_item.done", "response.incomplete"]
    assert events[-1].response.incomplete_details.reason == "content_filter"
    assert [item.status for item in events[-1].response.output] == ["incomplete"]


def test_an_incomplete_answer_without_a_stream(scripted):
    result = {"output": [message("Once", status="incomplete")], "status": "incomplete",
              "incomplete_details": {"reason": "max_output_tokens"}}
    response = scripted.client().responses.create(**asked(result=result))
    assert (response.status, response.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert response.output_text == "Once"


def test_a_failed_run_is_not_repeated(scripted, recorder):
    client = scripted.client()
    assert client.max_retries == 2
    with pytest.raises(openai.InternalServerError) as caught:
        client.responses.create(**asked(raise_="boom"))
    assert (caught.value.status_code, caught.value.code, caught.value.type) == (500, "model_error", "model_error")
    assert caught.value.body["message"] == "boom" and caught.value.request_id
    assert [answer.headers.get("x-should-retry") for answer in recorder.answers] == ["false"]


def test_an_answer_that_is_no_response_is_not_repeated(scripted, recorder):
    with pytest.raises(openai.InternalServerError) as caught:
        scripted.client().responses.create(**asked(result={"output": [{"type": "nonsense"}]}))
    assert caught.value.type == "model_error"
    assert len(recorder.answers) == 1
