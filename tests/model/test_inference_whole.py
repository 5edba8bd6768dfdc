"""A pipeline whose steps the engine does not know is called as a whole, in batches."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model.serving.device import drawer_for
from model.serving.queue import JobQueue
from model.serving.whole import WholePipeline
from tests.model.engines import load
from tests.model.running_server import RunningServer, largest_difference, until

TOLERANCE = 1
DRAW: dict[str, Any] = {"prompt": "a cat", "steps": 4}


@pytest.fixture(scope="module")
def _running(
    tiny_lcm_weights: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("whole")
    running = RunningServer(tiny_lcm_weights, folder, FAULTY="yes")
    try:
        yield running.wait_until_ready()
    finally:
        running.close()


@pytest.fixture
def whole(_running: RunningServer) -> Iterator[RunningServer]:
    yield _running
    for fault in _running.faults.iterdir():
        fault.unlink()


def calls(server: RunningServer) -> tuple[float, float]:
    return server.metric("model_step_images_count"), server.metric("model_step_images_sum")


def occupy(server: RunningServer) -> None:
    begun, _ = calls(server)
    server.hold()
    server.invoke_later(prompt="in the way", steps=1)
    until(lambda: calls(server)[0] == begun + 1)


def test_only_such_a_pipeline_is_called_as_a_whole(tiny_lcm_weights: Path) -> None:
    painter = load(tiny_lcm_weights)
    queue = JobQueue(size=1, max_batch=1, max_overtaking_seconds=0)
    assert isinstance(drawer_for(painter, queue, painter.settings), WholePipeline)


def test_compatible_drawings_share_a_call_and_look_as_if_alone(whole: RunningServer) -> None:
    alone = [whole.invoke(**DRAW, seed=seed).image() for seed in range(3)]
    occupy(whole)
    begun, images = calls(whole)
    answers = [whole.invoke_later(**DRAW, seed=seed) for seed in range(3)]
    other = whole.invoke_later(**DRAW | {"steps": 5})
    until(lambda: whole.metric("model_waiting") == 4)
    whole.release()
    for answer, expected in zip(answers, alone, strict=True):
        assert largest_difference(answer.result().image(), expected) <= TOLERANCE
    assert other.result().status == 200
    assert calls(whole) == (begun + 2, images + 4)


def test_a_negative_prompt_is_refused_where_there_is_none(whole: RunningServer) -> None:
    refused = whole.invoke(**DRAW, negative_prompt="night")
    assert (refused.status, refused.error_code) == (422, "invalid_value")


def test_a_call_too_large_for_the_memory_is_halved_and_a_drawing_refused(
    whole: RunningServer,
) -> None:
    alone = whole.invoke_images(**DRAW, seed=1, num_images=4)
    (whole.faults / "oom").write_text("1")  # of two samples each, which are not guided here
    halved = whole.metric("model_halved_batches_total")
    for one, other in zip(alone, whole.invoke_images(**DRAW, seed=1, num_images=4), strict=True):
        assert largest_difference(one, other) <= TOLERANCE
    assert whole.metric("model_halved_batches_total") == halved + 1
    (whole.faults / "oom").write_text("-1")
    assert whole.invoke(**DRAW).error_code == "out_of_memory"


def test_a_call_ends_when_nobody_waits_for_it(whole: RunningServer) -> None:
    begun, _ = calls(whole)
    steps = whole.metric("model_steps_total")
    cancelled = whole.metric("model_cancelled_total")
    whole.hold()
    connection = whole.start_invocation(**DRAW | {"steps": 40})
    until(lambda: calls(whole)[0] == begun + 1)
    connection.close()
    until(lambda: whole.metric("model_cancelled_total") == cancelled + 1)
    whole.release()
    assert whole.invoke(**DRAW).status == 200
    assert whole.metric("model_steps_total") == steps + 1 + DRAW["steps"]


def test_an_unknown_failure_answers_500(whole: RunningServer) -> None:
    (whole.faults / "raise").write_text("cannot draw")
    assert whole.invoke(**DRAW).error_code == "drawing_failed"


def test_a_lost_device_ends_the_process(tiny_lcm_weights: Path, tmp_path: Path) -> None:
    server = RunningServer(tiny_lcm_weights, tmp_path, FAULTY="yes")
    try:
        server.wait_until_ready()
        (server.faults / "raise").write_text("CUDA error: device-side assert triggered")
        assert server.invoke(**DRAW).error_code == "device_failed"
        assert server.exit_code() == 1
    finally:
        server.close()
