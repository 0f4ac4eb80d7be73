"""The echo agent on MLflow's AgentServer. TRACING=0 turns tracing off.

Sync: the last user text in one message. Stream: one delta per word, then the finished item; `hold N` is answered
with one delta, and the stream then stays open for N seconds.
"""

import asyncio
import os

import mlflow
from mlflow.genai.agent_server import AgentServer, invoke, stream
from mlflow.types.responses import (
    ResponsesAgentRequest,
    ResponsesAgentResponse,
    ResponsesAgentStreamEvent,
    create_text_delta,
    create_text_output_item,
)

if os.environ.get("TRACING", "1") == "0":
    mlflow.tracing.disable()


def last_text(request: ResponsesAgentRequest) -> str:
    content = request.input[-1].content
    return content if isinstance(content, str) else "".join(p["text"] for p in content)


@invoke()
async def echo(request: ResponsesAgentRequest) -> ResponsesAgentResponse:
    return ResponsesAgentResponse(output=[create_text_output_item(last_text(request), id="msg_1")])


@stream()
async def echo_stream(request: ResponsesAgentRequest):
    text = last_text(request)
    if text.startswith("hold "):
        yield ResponsesAgentStreamEvent(**create_text_delta("holding", item_id="msg_1"))
        await asyncio.sleep(float(text.removeprefix("hold ")))
        text = "holding"
    else:
        for i, word in enumerate(text.split(" ")):
            yield ResponsesAgentStreamEvent(**create_text_delta(" " * (i > 0) + word, item_id="msg_1"))
    yield ResponsesAgentStreamEvent(
        type="response.output_item.done", item=create_text_output_item(text, id="msg_1")
    )


app = AgentServer("ResponsesAgent").app
