from typing import Any

from tests.model.running_server import RunningServer, largest_difference, until

TOLERANCE = 1
DRAW: dict[str, Any] = {"prompt": "a cat", "steps": 4}
BLOCKER: dict[str, Any] = {"prompt": "in the way", "steps": 1, "seed": 0}


def occupy(server: RunningServer) -> Any:
    """Keep the device busy, so that everything sent afterwards waits together."""
    steps = server.metric("model_step_images_count")
    server.hold()
    blocker = server.invoke_later(**BLOCKER)
    until(lambda: server.metric("model_step_images_count") == steps + 1)
    return blocker


def step_metrics(server: RunningServer) -> tuple[float, float]:
    """How many steps were begun, and for how many images."""
    return server.metric("model_step_images_count"), server.metric("model_step_images_sum")


def test_drawings_that_wait_together_share_their_steps_and_look_as_if_alone(
    faulty_server: RunningServer,
) -> None:
    changes: list[dict[str, Any]] = [
        {"seed": 0},
        {"seed": 1, "guidance_scale": 3},
        {"seed": 2, "negative_prompt": "night"},
        {"seed": 3, "prompt": "a dog"},
    ]
    alone = [faulty_server.invoke(**DRAW | change).image() for change in changes]
    occupy(faulty_server)
    steps, images = step_metrics(faulty_server)
    answers = [faulty_server.invoke_later(**DRAW | change) for change in changes]
    until(lambda: faulty_server.metric("model_waiting") == 4)
    faulty_server.release()
    batched = [answer.result().image() for answer in answers]
    assert step_metrics(faulty_server) == (steps + 4, images + 16)
    differences = [largest_difference(*pair) for pair in zip(alone, batched, strict=True)]
    assert max(differences) <= TOLERANCE


def test_a_drawing_joins_those_that_are_being_drawn(faulty_server: RunningServer) -> None:
    alone = [faulty_server.invoke(**DRAW, seed=seed).image() for seed in range(2)]
    joins = faulty_server.metric("model_joins_total")
    steps, _ = step_metrics(faulty_server)
    faulty_server.hold()
    first = faulty_server.invoke_later(**DRAW, seed=0)
    until(lambda: step_metrics(faulty_server)[0] == steps + 1)
    second = faulty_server.invoke_later(**DRAW, seed=1)
    until(lambda: faulty_server.metric("model_waiting") == 1)
    faulty_server.release()
    for answer, expected in zip((first, second), alone, strict=True):
        assert largest_difference(answer.result().image(), expected) <= TOLERANCE
    assert faulty_server.metric("model_joins_total") == joins + 1
    assert step_metrics(faulty_server)[0] == steps + 5


def test_drawings_of_another_size_are_drawn_one_after_the_other(
    faulty_server: RunningServer,
) -> None:
    occupy(faulty_server)
    steps, images = step_metrics(faulty_server)
    answers = [faulty_server.invoke_later(**DRAW | {"aspect": aspect}) for aspect in ("3:4", "4:3")]
    until(lambda: faulty_server.metric("model_waiting") == 2)
    faulty_server.release()
    assert [answer.result().status for answer in answers] == [200] * 2
    assert step_metrics(faulty_server) == (steps + 8, images + 8)


def test_a_full_queue_answers_503_and_the_server_stays_healthy(
    faulty_server: RunningServer,
) -> None:
    occupy(faulty_server)
    waiting = [faulty_server.invoke_later(**DRAW, seed=seed) for seed in range(8)]
    until(lambda: faulty_server.metric("model_waiting") == 8)
    refused = faulty_server.invoke(**DRAW)
    assert (refused.status, refused.error_code) == (503, "queue_full")
    assert int(refused.headers["retry-after"]) >= 1
    assert faulty_server.ping() == 200
    faulty_server.release()
    assert [answer.result().status for answer in waiting] == [200] * 8


def test_a_drawing_ends_at_the_next_step_when_its_client_went_away(
    faulty_server: RunningServer,
) -> None:
    begun, _ = step_metrics(faulty_server)
    faulty_server.hold()
    connection = faulty_server.start_invocation(**DRAW | {"steps": 100})
    until(lambda: step_metrics(faulty_server)[0] == begun + 1)
    steps = faulty_server.metric("model_steps_total")
    cancelled = faulty_server.metric("model_cancelled_total")
    connection.close()
    until(lambda: faulty_server.metric("model_cancelled_total") == cancelled + 1)
    faulty_server.release()
    assert faulty_server.invoke(**BLOCKER).status == 200
    assert faulty_server.metric("model_steps_total") == steps + 2


def test_a_waiting_drawing_whose_client_went_away_is_never_begun(
    faulty_server: RunningServer,
) -> None:
    blocker = occupy(faulty_server)
    connection = faulty_server.start_invocation(**DRAW)
    until(lambda: faulty_server.metric("model_waiting") == 1)
    cancelled = faulty_server.metric("model_cancelled_total")
    images = faulty_server.metric("model_images_total")
    connection.close()
    until(lambda: faulty_server.metric("model_cancelled_total") == cancelled + 1)
    faulty_server.release()
    assert blocker.result().status == 200
    assert faulty_server.invoke(**BLOCKER).status == 200
    assert faulty_server.metric("model_images_total") == images + 2


def test_one_client_leaving_does_not_harm_the_others_of_its_batch(
    faulty_server: RunningServer,
) -> None:
    alone = faulty_server.invoke(**DRAW, seed=3).image()
    occupy(faulty_server)
    connection = faulty_server.start_invocation(**DRAW, seed=4)
    stays = faulty_server.invoke_later(**DRAW, seed=3)
    until(lambda: faulty_server.metric("model_waiting") == 2)
    connection.close()
    faulty_server.release()
    assert largest_difference(stays.result().image(), alone) <= TOLERANCE


def test_a_batch_too_large_for_the_memory_is_halved(faulty_server: RunningServer) -> None:
    alone = [faulty_server.invoke(**DRAW, seed=seed).image() for seed in range(4)]
    halved = faulty_server.metric("model_halved_batches_total")
    occupy(faulty_server)
    answers = [faulty_server.invoke_later(**DRAW, seed=seed) for seed in range(4)]
    until(lambda: faulty_server.metric("model_waiting") == 4)
    (faulty_server.faults / "oom").write_text("2")
    faulty_server.release()
    for answer, expected in zip(answers, alone, strict=True):
        assert largest_difference(answer.result().image(), expected) <= TOLERANCE
    assert faulty_server.metric("model_halved_batches_total") == halved + 1


def test_a_picture_too_large_for_the_memory_is_refused_after_one_retry(
    faulty_server: RunningServer,
) -> None:
    (faulty_server.faults / "oom").write_text("0")
    refused = faulty_server.invoke(**DRAW)
    assert (refused.status, refused.error_code) == (503, "out_of_memory")
    (faulty_server.faults / "oom").unlink()
    assert faulty_server.invoke(**DRAW).status == 200
    assert faulty_server.ping() == 200


def test_an_unknown_failure_answers_500_and_tells_no_prompt(faulty_server: RunningServer) -> None:
    (faulty_server.faults / "raise").write_text("cannot draw: my secret garden")
    failed = faulty_server.invoke(**DRAW)
    assert (failed.status, failed.error_code) == (500, "drawing_failed")
    (faulty_server.faults / "raise").unlink()
    assert faulty_server.invoke(**DRAW).status == 200
    assert "drawing_failed" in faulty_server.events()
    assert "garden" not in faulty_server.log()


def test_a_picture_the_model_withholds_is_the_callers_fault(faulty_server: RunningServer) -> None:
    (faulty_server.faults / "hide").touch()
    refused = faulty_server.invoke(**DRAW)
    assert (refused.status, refused.error_code) == (422, "content_filtered")
