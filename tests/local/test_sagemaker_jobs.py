"""The queue of asynchronous invocations, and what a request may look like."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from local.cloud.errors import DamagedDataError
from local.cloud.sagemaker.errors import InvocationError
from local.cloud.sagemaker.jobs import JobQueue, Notice, Request
from local.cloud.sagemaker.runtime import parse
from local.cloud.sagemaker.store import DurableMap

_ENDPOINT = {"async": {"OutputConfig": {"S3OutputPath": "s3://bucket/out/"}}}
_REQUEST = parse("1/r/drawing", _ENDPOINT, {}, b"\x00\xff", 1000.0)


def _filled(directory: Path, *requests: Request) -> JobQueue:
    async def fill() -> JobQueue:
        queue = JobQueue(directory)
        for request in requests:
            await queue.add(request)
        return queue

    return asyncio.run(fill())


def _named(name: str, **fields: object) -> Request:
    return replace(_REQUEST, inference_id=name, **fields)  # type: ignore[arg-type]  # a wider type on purpose


def _taken(queue: JobQueue) -> list[str]:
    names = []
    while job := queue.take("1/r/drawing"):
        names.append(job.request.inference_id)
    return names


def test_jobs_come_in_order_also_from_the_next_process(tmp_path: Path) -> None:
    queue = _filled(tmp_path, *(_named(str(number)) for number in range(12)))
    expected = [str(number) for number in range(12)]
    assert _taken(queue) == expected
    assert _taken(JobQueue(tmp_path)) == expected


def test_job_put_back_keeps_its_place(tmp_path: Path) -> None:
    queue = _filled(tmp_path, _named("a"), _named("b"))
    job = queue.take("1/r/drawing")
    assert job is not None
    queue.put_back(job)
    assert _taken(queue) == ["a", "b"]


def test_request_survives_unchanged(tmp_path: Path) -> None:
    _filled(tmp_path, _REQUEST)
    job = JobQueue(tmp_path).take("1/r/drawing")
    assert job is not None
    assert job.request == _REQUEST


def test_finished_job_is_only_told_about_and_then_gone(tmp_path: Path) -> None:
    queue = _filled(tmp_path, _REQUEST)
    job = queue.take("1/r/drawing")
    assert job is not None
    notice = Notice("topic", "{}")
    asyncio.run(queue.finish(job, notice))

    later = JobQueue(tmp_path)
    (finished,) = later.take_finished()
    assert (later.waiting("1/r/drawing"), finished.notice) == (0, notice)
    asyncio.run(later.remove(finished))
    assert JobQueue(tmp_path).take_finished() == []


def test_expired_jobs_leave_the_queue(tmp_path: Path) -> None:
    queue = _filled(tmp_path, _named("a"), _named("b", expires_at=50.0), _named("c"))
    assert queue.next_expiry("1/r/drawing") == 50.0
    assert [job.request.inference_id for job in queue.take_expired("1/r/drawing", 60)] == ["b"]
    assert _taken(queue) == ["a", "c"]


def test_jobs_of_deleted_endpoints_are_forgotten(tmp_path: Path) -> None:
    queue = _filled(tmp_path, _REQUEST, _named("other", endpoint="1/r/other"))
    queue.keep_only({"1/r/other"})
    assert queue.waiting("1/r/drawing") == 0
    assert [one.waiting("1/r/other") for one in (queue, JobQueue(tmp_path))] == [1, 1]


def test_half_written_file_of_a_crash_is_ignored(tmp_path: Path) -> None:
    _filled(tmp_path, _REQUEST)
    (tmp_path / ".0000000000000002.json.new").write_text('{"sequ')
    assert JobQueue(tmp_path).waiting("1/r/drawing") == 1


def test_damaged_state_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "endpoints.json"
    path.write_text("{")
    with pytest.raises(DamagedDataError, match=r"endpoints\.json is damaged"):
        DurableMap(path)
    assert path.read_text() == "{"


def test_defaults_are_those_of_sagemaker() -> None:
    assert (_REQUEST.expires_at, _REQUEST.timeout) == (1000.0 + 21_600, 900)
    assert _REQUEST.output_location.startswith("s3://bucket/out/")
    assert _REQUEST.failure_location is None


@pytest.mark.parametrize(
    "header",
    [
        {"X-Amzn-SageMaker-RequestTTLSeconds": "59"},
        {"X-Amzn-SageMaker-RequestTTLSeconds": "soon"},
        {"X-Amzn-SageMaker-InvocationTimeoutSeconds": "3601"},
        {"X-Amzn-SageMaker-Inference-Id": "x" * 65},
        {"X-Amzn-SageMaker-Inference-Id": " x"},
        {"X-Amzn-SageMaker-Accept": "x" * 1025},
        {"X-Amzn-SageMaker-Custom-Attributes": "그림"},
    ],
)
def test_header_out_of_bounds_is_refused(header: dict[str, str]) -> None:
    with pytest.raises(InvocationError):
        parse("1/r/drawing", _ENDPOINT, header, b"{}", 0.0)
