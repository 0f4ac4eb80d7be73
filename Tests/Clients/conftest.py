"""The servers and clients that the tests use. `Scripts/clients` starts the servers."""

import os

import agents
import httpx2
import openai
import pytest
import websockets.asyncio.connection
import websockets.sync.connection

from recording import Recorder

SERVERS = ("demo", "scripted", "keyed", "chat_model", "responses_model")
UPSTREAMS = ("chat_upstream", "responses_upstream")
TIMEOUT_S = 30


def pytest_configure(config):
    config.addinivalue_line("markers", "openai_only: the agent uses types that only OpenAI defines")
    missing = [name for name in (*SERVERS, *UPSTREAMS) if address(name) is None]
    if missing:
        raise pytest.UsageError(f"no server {', '.join(missing)}; run `make clients`")
    agents.set_tracing_disabled(True)


def address(name):
    """Where a server is, without a path."""
    return os.environ.get(f"CLIENTS_{name.upper()}_URL")


class Place:
    """A server, and clients of it that a test's recorder listens to."""

    def __init__(self, name, recorder):
        self.root, self.recorder = address(name), recorder
        self.open, self.async_open = [], []

    def client(self, *, prefix="/v1", key="any", **options):
        """A client with the package's own settings, two retries among them."""
        http = httpx2.Client(transport=self.recorder.transport(), timeout=TIMEOUT_S)
        self.open.append(http)
        return openai.OpenAI(base_url=self.root + prefix, api_key=key, http_client=http, **options)

    def async_client(self, *, prefix="/v1", key="any", **options):
        """An asynchronous client; to be made and used within one event loop."""
        http = httpx2.AsyncClient(transport=self.recorder.async_transport(), timeout=TIMEOUT_S)
        return openai.AsyncOpenAI(base_url=self.root + prefix, api_key=key, http_client=http, **options)

    def close(self):
        for client in self.open:
            client.close()


@pytest.fixture
def recorder(request, monkeypatch):
    """Keeps what is said, and checks it when the test has passed."""
    recorder = Recorder()
    waiting, waited = websockets.sync.connection.Connection, websockets.asyncio.connection.Connection
    recv, async_recv = waiting.recv, waited.recv

    def heard(self, *args, **options):
        message = recv(self, *args, **options)
        recorder.hear(self, message)
        return message

    async def async_heard(self, *args, **options):
        message = await async_recv(self, *args, **options)
        recorder.hear(self, message)
        return message

    monkeypatch.setattr(waiting, "recv", heard)
    monkeypatch.setattr(waited, "recv", async_heard)
    yield recorder
    recorder.check(openai_only=request.node.get_closest_marker("openai_only") is not None)


def place(name):
    """A fixture of one server."""

    @pytest.fixture(name=name)
    def fixture(recorder):
        there = Place(name, recorder)
        yield there
        there.close()

    return fixture


demo, scripted, keyed, chat_model, responses_model = map(place, SERVERS)


@pytest.fixture(params=["chat", "responses"])
def api(request):
    """The format in which a server asks its model."""
    return request.param


@pytest.fixture
def model(api, request):
    """A server of a model that the last user message tells what to do."""
    return request.getfixturevalue(f"{api}_model")


@pytest.fixture
def upstream(api):
    """The endpoint of that model."""
    with httpx2.Client(base_url=address(f"{api}_upstream"), timeout=TIMEOUT_S) as there:
        there.post("/reset").raise_for_status()
        yield there
