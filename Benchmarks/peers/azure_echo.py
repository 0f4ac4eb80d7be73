"""The echo agent on Microsoft's azure-ai-agentserver-responses, as an ASGI app for uvicorn; without its own logs.

One message with the user's text; as a stream, one delta per word.
"""

import asyncio
import logging

from azure.ai.agentserver.responses import (
    CreateResponse,
    ResponseContext,
    ResponsesAgentServerHost,
    ResponsesServerOptions,
    TextResponse,
)

logging.disable(logging.WARNING)
app = ResponsesAgentServerHost(options=ResponsesServerOptions(), access_log=None, configure_observability=None)


async def words(text: str):
    """The words of a text, each but the last with its space."""
    first, *rest = text.split(" ")
    yield first
    for word in rest:
        yield f" {word}"


@app.response_handler
async def echo(request: CreateResponse, context: ResponseContext, cancellation_signal: asyncio.Event):
    text = await context.get_input_text()
    return TextResponse(context, request, text=words(text) if request.get("stream") else text)
