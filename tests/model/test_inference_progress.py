"""Progress as server-sent events: the listener by itself, and streams of the running server."""

import asyncio
import json
from http.client import HTTPConnection
from typing import Any

import pytest

from model.serving.drawing import EVENTS
from model.serving.progress import Listener
from tests.model.running_server import (
    PATIENCE_SECONDS,
    Answer,
    Event,
    RunningServer,
    StartServer,
    events_of,
    largest_difference,
    until,
)

DRAW: dict[str, Any] = {"prompt": "a cat", "steps": 4, "seed": 7}


def stream(server: RunningServer, **parameters: Any) -> tuple[Answer, list[Event]]:
    answer = server.invoke(EVENTS, **parameters)
    return answer, events_of(answer.body)


def test_a_slow_reader_hears_the_newest_only() -> None:
    async def scenario() -> None:
        listener = Listener()
        for step in range(3):
            await asyncio.to_thread(listener.hear, "progress", {"step": step})
        await listener.heard.wait()
        assert listener.take() == ("progress", {"step": 2})
        assert listener.take() is None
        assert not listener.heard.is_set()
        await asyncio.to_thread(listener.hear, "progress", {"step": 3})
        await asyncio.wait_for(listener.heard.wait(), PATIENCE_SECONDS)
        assert listener.take() == ("progress", {"step": 3})

    asyncio.run(scenario())


def test_news_for_a_loop_that_has_ended_are_lost() -> None:
    async def listen() -> Listener:
        return Listener()

    asyncio.run(listen()).hear("progress", {"step": 1})


def test_steps_are_told_and_then_the_picture_as_json_would_have_it(server: RunningServer) -> None:
    answer, events = stream(server, **DRAW | {"steps": 60}, num_images=2)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith(EVENTS)
    assert "content-length" not in answer.headers
    *told, (last, picture) = events
    steps = [news["step"] for name, news in told if name == "progress"]
    assert {name for name, _ in told} <= {"progress", "waiting"}
    assert steps == sorted(set(steps))
    assert len(steps) > 1
    assert all(news["steps"] == 60 for name, news in told if name == "progress")
    expected = server.invoke("application/json", **DRAW | {"steps": 60}, num_images=2).json()
    assert last == "picture"
    assert picture | {"seconds": 0} == expected | {"seconds": 0}


def test_what_is_wrong_with_a_request_is_told_by_the_status(server: RunningServer) -> None:
    refused = server.invoke(EVENTS, prompt="")
    assert (refused.status, refused.error_code) == (422, "invalid_value")


def test_a_drawing_that_fails_ends_its_stream_with_the_error(faulty_server: RunningServer) -> None:
    (faulty_server.faults / "raise").write_text("cannot draw")
    _, events = stream(faulty_server, **DRAW)
    (faulty_server.faults / "raise").unlink()
    name, body = events[-1]
    assert (name, body["error"]["code"]) == ("error", "drawing_failed")
    (faulty_server.faults / "hide").touch()
    _, events = stream(faulty_server, **DRAW)
    assert events[-1][1]["error"]["code"] == "content_filtered"
    until(lambda: json.loads(faulty_server.log().splitlines()[-1]).get("status") == 422)


def test_who_waits_is_told_how_many_are_ahead(faulty_server: RunningServer) -> None:
    connection = HTTPConnection("127.0.0.1", faulty_server.port, timeout=PATIENCE_SECONDS)
    faulty_server.hold()
    steps = faulty_server.metric("model_step_images_count")
    faulty_server.invoke_later(**DRAW)
    until(lambda: faulty_server.metric("model_step_images_count") == steps + 1)
    faulty_server.invoke_later(**DRAW, aspect="3:4")
    until(lambda: faulty_server.metric("model_waiting") == 1)
    body = json.dumps(DRAW | {"aspect": "4:3"})
    connection.request(
        "POST", "/invocations", body, {"Content-Type": "application/json", "Accept": EVENTS}
    )
    response = connection.getresponse()
    first = response.readline() + response.readline() + response.readline()
    assert events_of(first) == [("waiting", {"ahead": 1})]
    faulty_server.release()
    *_, (last, _) = events_of(response.read())
    assert last == "picture"
    connection.close()


def test_a_stream_whose_client_leaves_ends_the_drawing(faulty_server: RunningServer) -> None:
    steps = faulty_server.metric("model_step_images_count")
    cancelled = faulty_server.metric("model_cancelled_total")
    images = faulty_server.metric("model_images_total")
    faulty_server.hold()
    connection = faulty_server.start_invocation(EVENTS, **DRAW | {"steps": 100})
    until(lambda: faulty_server.metric("model_step_images_count") == steps + 1)
    connection.close()
    until(lambda: faulty_server.metric("model_cancelled_total") == cancelled + 1)
    faulty_server.release()
    assert faulty_server.invoke(**DRAW).status == 200
    assert faulty_server.metric("model_images_total") == images + 1


def test_a_pipeline_that_is_called_as_a_whole_tells_its_steps_too(
    start_server: StartServer, tiny_lcm_weights: Any
) -> None:
    server = start_server(tiny_lcm_weights).wait_until_ready()
    asked = DRAW | {"steps": 40}
    _, events = stream(server, **asked)
    told = [news for name, news in events if name == "progress"]
    assert told
    assert all(1 <= news["step"] <= news["steps"] == 40 for news in told)
    (image,) = Answer.images(events[-1][1])
    assert largest_difference(image, server.invoke(**asked).image()) == 0


@pytest.mark.parametrize("accept", [f"{EVENTS}, application/json;q=0.5", EVENTS.upper()])
def test_a_stream_is_chosen_as_any_media_type_is(server: RunningServer, accept: str) -> None:
    answer = server.invoke(accept, **DRAW)
    assert answer.headers["content-type"].startswith(EVENTS)
