from threading import Thread

import pytest

from model.serving.drawing import Drawing
from model.serving.errors import RequestError
from model.serving.queue import Job, JobQueue
from tests.model.engines import Clock

WINDOW = 3600.0


def steps_of(drawing: Drawing) -> int:
    """The key of these tests: what has as many steps can share a batch."""
    return drawing.steps


def job(steps: int = 1, images: int = 1) -> Job:
    return Job(Drawing("a cat", None, tuple(range(images)), 64, 64, steps, 5.0))


def queue_of(*jobs: Job, size: int = 10, clock: Clock | None = None) -> JobQueue:
    queue = JobQueue(size=size, max_batch=4, max_overtaking_seconds=10, clock=clock or Clock())
    for waiting in jobs:
        queue.put(waiting)
    return queue


def test_the_oldest_job_takes_every_compatible_one_along() -> None:
    first, other, second = job(steps=1), job(steps=2), job(steps=1)
    queue = queue_of(first, other, second)
    assert queue.take(steps_of) == [first, second]
    assert queue.take(steps_of) == [other]


def test_a_batch_has_at_most_so_many_images() -> None:
    jobs = [job(images=2), job(images=3), job(images=1), job(images=1), job(images=1)]
    queue = queue_of(*jobs)
    assert queue.take(steps_of) == [jobs[0], jobs[2], jobs[3]]
    assert queue.take(steps_of) == [jobs[1], jobs[4]]


def test_a_stream_of_compatible_jobs_starves_nobody_at_the_beginning_of_batches() -> None:
    lonely = job(steps=2)
    queue = queue_of(*(job() for _ in range(3)), lonely)
    queue.take(steps_of)
    for _ in range(5):
        queue.put(job())
    assert queue.take(steps_of) == [lonely]


def test_what_fits_joins_a_running_batch_and_the_rest_keeps_its_order() -> None:
    jobs = [job(steps=2), job(), job(images=3), job(), job()]
    queue = queue_of(*jobs)
    assert queue.join(steps_of, 1, 2) == [jobs[1], jobs[3]]
    assert queue.join(steps_of, 1, 0) == []
    assert queue.join(steps_of, 2, 4) == [jobs[0]]
    assert queue.take(steps_of) == [jobs[2], jobs[4]]


@pytest.mark.parametrize("waiting", [job(steps=2), job(images=3)], ids=["other key", "no room"])
def test_nobody_joins_past_one_that_has_waited_for_as_long_as_may_be(waiting: Job) -> None:
    clock = Clock()
    queue = queue_of(waiting, clock=clock)
    clock.now = 9.9
    early, late = job(), job()
    queue.put(early)
    assert queue.join(steps_of, 1, 2) == [early]
    clock.now = 10.0
    queue.put(late)
    assert queue.join(steps_of, 1, 2) == []
    assert waiting in queue.take(steps_of)


def test_one_that_has_waited_for_long_itself_may_join() -> None:
    clock = Clock()
    older, other, younger = job(), job(steps=2), job()
    queue = queue_of(older, other, younger, clock=clock)
    clock.now = 99.0
    assert queue.join(steps_of, 1, 4) == [older]
    assert queue.take(steps_of) == [other]


def test_a_window_lets_company_arrive() -> None:
    queue = queue_of()
    batches: list[list[Job]] = []
    reader = Thread(target=lambda: batches.append(queue.take(steps_of, WINDOW)))
    reader.start()
    jobs = [job(images=2), job(images=2)]
    for arriving in jobs:
        queue.put(arriving)
    reader.join(timeout=60)
    assert batches == [jobs]


def test_those_refused_are_told_when_there_is_room_at_the_pace_of_late() -> None:
    queue = queue_of(job(images=4), job(), size=2)
    for images, seconds in ((1, 2.0), (4, 8.0)):
        queue.keep_pace(images, seconds)
    with pytest.raises(RequestError) as refused:
        queue.put(job())
    assert refused.value.retry_after == 10
    queue.keep_pace(1, 7.0)
    with pytest.raises(RequestError) as refused:
        queue.put(job())
    assert refused.value.retry_after == 15
    queue.keep_pace(1, 9999.0)
    with pytest.raises(RequestError) as refused:
        queue.put(job())
    assert refused.value.retry_after == 60


def test_a_failure_beside_the_drawing_wakes_who_waits_for_jobs() -> None:
    queue = queue_of()
    queue.interrupt(RuntimeError("lost"))
    for read in (lambda: queue.take(steps_of), lambda: queue.join(steps_of, 1, 4)):
        with pytest.raises(RuntimeError, match="lost"):
            read()


def test_a_full_queue_refuses_and_says_when_to_come_back() -> None:
    queue = queue_of(job(), job(), size=2)
    with pytest.raises(RequestError) as refused:
        queue.put(job())
    assert (refused.value.status, refused.value.code) == (503, "queue_full")
    assert refused.value.retry_after


def test_a_cancelled_job_leaves_its_place_and_is_never_taken() -> None:
    gone, stays = job(), job()
    queue = queue_of(gone, size=1)
    gone.result.cancel()
    queue.put(stays)
    assert queue.take(steps_of) == [stays]


def test_a_closed_queue_hands_out_the_rest_and_then_ends() -> None:
    waiting = job()
    queue = queue_of(waiting)
    assert queue.close() == [waiting]
    with pytest.raises(RequestError) as refused:
        queue.put(job())
    assert refused.value.code == "draining"
    assert queue.take(steps_of) == [waiting]
    assert queue.close() == [waiting], "taken, and not answered yet"
    waiting.deliver([None])
    assert queue.close() == []
    assert queue.take(steps_of) == []


def test_a_result_is_delivered_once() -> None:
    drawn, cancelled = job(), job()
    cancelled.result.cancel()
    for settled in (drawn, cancelled):
        settled.deliver([None])
        settled.deliver(ValueError())
    assert drawn.result.result() == [None]
    assert cancelled.result.cancelled()
