from threading import Thread

import pytest

from model.serving.drawing import Drawing
from model.serving.errors import RequestError
from model.serving.queue import Job, JobQueue


def job(steps: int = 1, images: int = 1) -> Job:
    return Job(Drawing("a cat", None, tuple(range(images)), 64, 64, steps, 5.0))


def queue_of(*jobs: Job, size: int = 10, max_batch: int = 4) -> JobQueue:
    queue = JobQueue(size=size, max_batch=max_batch, window_seconds=0)
    for waiting in jobs:
        queue.put(waiting)
    return queue


def test_the_oldest_job_takes_every_compatible_one_along() -> None:
    first, other, second = job(steps=1), job(steps=2), job(steps=1)
    queue = queue_of(first, other, second)
    assert queue.take() == [first, second]
    assert queue.take() == [other]


def test_a_batch_has_at_most_so_many_images() -> None:
    jobs = [job(images=2), job(images=3), job(images=1), job(images=1), job(images=1)]
    queue = queue_of(*jobs)
    assert queue.take() == [jobs[0], jobs[2], jobs[3]]
    assert queue.take() == [jobs[1], jobs[4]]


def test_a_stream_of_compatible_jobs_starves_nobody() -> None:
    lonely = job(steps=2)
    queue = queue_of(job(), job(), lonely, max_batch=2)
    queue.take()
    for _ in range(3):
        queue.put(job())
    assert queue.take() == [lonely]


def test_a_window_lets_company_arrive() -> None:
    queue = JobQueue(size=10, max_batch=2, window_seconds=3600)
    batches: list[list[Job]] = []
    reader = Thread(target=lambda: batches.append(queue.take()))
    reader.start()
    jobs = [job(), job()]
    for arriving in jobs:
        queue.put(arriving)
    reader.join(timeout=60)
    assert batches == [jobs]


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
    assert queue.take() == [stays]


def test_a_closed_queue_hands_out_the_rest_and_then_ends() -> None:
    waiting = job()
    queue = queue_of(waiting)
    assert queue.close() == [waiting]
    with pytest.raises(RequestError) as refused:
        queue.put(job())
    assert refused.value.code == "draining"
    assert queue.take() == [waiting]
    assert queue.take() == []


def test_a_result_is_delivered_once() -> None:
    drawn, cancelled = job(), job()
    cancelled.result.cancel()
    for settled in (drawn, cancelled):
        settled.deliver([None])
        settled.deliver(ValueError())
    assert drawn.result.result() == [None]
    assert cancelled.result.cancelled()
