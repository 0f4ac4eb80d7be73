"""`responses.parse`: answers and calls as values of Python."""

import asyncio
from enum import Enum

import openai
import pydantic
import pytest

from scripts import asked, call, delta, done, message, streamed


class Mood(str, Enum):
    good = "good"
    bad = "bad"


class Author(pydantic.BaseModel):
    name: str
    age: int | None


class Book(pydantic.BaseModel):
    title: str
    pages: int
    mood: Mood
    authors: list[Author]


class GetWeather(pydantic.BaseModel):
    """Current weather."""

    city: str


BOOK = '{"title": "T", "pages": 3, "mood": "bad", "authors": [{"name": "A", "age": null}]}'


def test_an_answer_of_the_demo_agent(demo):
    response = demo.client().responses.parse(model="demo", input="Dune", text_format=Book)
    book = response.output_parsed
    assert isinstance(book, Book) and book.title == "Dune"
    assert Book.model_validate_json(response.output_text) == book
    assert (response.text.format.type, response.text.format.name) == ("json_schema", "Book")


def test_an_answer(scripted):
    response = scripted.client().responses.parse(
        text_format=Book, **asked(result={"output": [message(BOOK)]}))
    assert response.output_parsed == Book(title="T", pages=3, mood=Mood.bad, authors=[Author(name="A", age=None)])


def test_a_stream(demo):
    events, final = streamed(demo.client(), model="demo", input="Dune", text_format=Book)
    (over,) = [event for event in events if event.type == "response.output_text.done"]
    assert over.parsed == final.output_parsed == Book.model_validate_json(final.output_text)
    assert final.output_parsed.title == "Dune"
    assert "".join(e.delta for e in events if e.type == "response.output_text.delta") == final.output_text


def test_an_asynchronous_stream(scripted):
    async def go():
        async with scripted.async_client() as client:
            async with client.responses.stream(
                    text_format=Book, **asked(*map(delta, BOOK), done(message(BOOK)))) as stream:
                streamed_book = (await stream.get_final_response()).output_parsed
            parsed = await client.responses.parse(text_format=Book, **asked(result={"output": [message(BOOK)]}))
            return streamed_book, parsed.output_parsed

    book = Book.model_validate_json(BOOK)
    assert asyncio.run(go()) == (book, book)


def test_what_is_said_on_the_way_is_not_parsed(scripted):
    items = [message("Let me see.", item_id="m1", phase="commentary"),
             message(BOOK, item_id="m2", phase="final_answer")]
    response = scripted.client().responses.parse(text_format=Book, **asked(result={"output": items}))
    assert response.output[0].content[0].parsed is None
    assert response.output_parsed.title == "T"


def test_what_is_not_the_json(scripted):
    with pytest.raises(pydantic.ValidationError):
        scripted.client().responses.parse(text_format=Book, **asked(result={"output": [message("sorry")]}))


def test_a_refusal_instead(scripted):
    refusal = message({"type": "refusal", "refusal": "No."})
    response = scripted.client().responses.parse(text_format=Book, **asked(result={"output": [refusal]}))
    assert response.output_parsed is None
    assert response.output[0].content[0].refusal == "No."


def test_arguments_of_a_call(demo):
    tool = openai.pydantic_function_tool(GetWeather)
    response = demo.client().responses.parse(model="demo", input="Oslo", tools=[tool])
    assert response.output[0].parsed_arguments == GetWeather(city="Oslo")
    _, final = streamed(demo.client(), model="demo", input="Oslo", tools=[tool])
    assert final.output[0].parsed_arguments == GetWeather(city="Oslo")


def test_arguments_of_parallel_calls(scripted):
    tool = openai.pydantic_function_tool(GetWeather)
    calls = [call("GetWeather", '{"city": "Oslo"}', "c1", "f1"), call("GetWeather", '{"city": "Rome"}', "c2", "f2")]
    response = scripted.client().responses.parse(tools=[tool], **asked(result={"output": calls}))
    assert [item.parsed_arguments.city for item in response.output] == ["Oslo", "Rome"]
