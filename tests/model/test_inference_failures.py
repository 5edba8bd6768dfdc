"""What fails between two steps, and whom it takes along, with an engine driven turn by turn."""

from typing import Any

import pytest
import torch

from model.serving import halving
from model.serving.errors import RequestError
from model.serving.queue import Job
from tests.model.engines import Calls, SteppedEngine, assert_as_if_alone, drawing

OUT_OF_MEMORY = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

# Of diffusers' schedulers, about numpy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def code(job: Job) -> str:
    error = job.result.exception(0)
    assert isinstance(error, RequestError)
    return error.code


def test_a_step_too_large_for_the_memory_is_halved_and_the_next_is_not_tried(
    stepped: SteppedEngine, calls: Calls
) -> None:
    calls.fails = lambda inputs: OUT_OF_MEMORY if len(inputs) > 4 else None
    jobs = [stepped.put(drawing(steps=3, seeds=(seed,))) for seed in range(4)]
    stepped.turn(2)
    assert calls.samples == [8, 4, 4, 4, 4]
    late = stepped.put(drawing(steps=1))
    stepped.finish(*jobs)
    assert not late.result.done(), "there is no room for more than the memory allows"
    stepped.clock.now += halving.REMEMBERED_SECONDS
    calls.fails = lambda inputs: None
    jobs = [stepped.put(drawing(steps=3, seeds=(seed,))) for seed in range(3)]
    stepped.finish(late, *jobs)
    assert calls.samples[-3] == 8, "the limit is forgotten after a while"
    assert_as_if_alone(stepped, late, *jobs)


def test_only_those_who_do_not_fit_after_halving_are_refused(
    stepped: SteppedEngine, calls: Calls
) -> None:
    fits, grows = (stepped.put(drawing(steps=4, seeds=seeds)) for seeds in ((1, 2), (3, 4)))
    stepped.turn()
    failures = iter([OUT_OF_MEMORY, None, OUT_OF_MEMORY])
    calls.fails = lambda inputs: next(failures, None)
    stepped.turn()
    assert code(grows) == "out_of_memory"
    stepped.finish(fits)
    assert_as_if_alone(stepped, fits)


def test_a_decoding_too_large_for_the_memory_is_halved(
    stepped: SteppedEngine, decodings: Calls
) -> None:
    decodings.fails = lambda inputs: OUT_OF_MEMORY if len(inputs) > 2 else None
    jobs = [stepped.put(drawing(steps=1, seeds=(1, 2, 3))), stepped.put(drawing(steps=1))]
    stepped.finish(*jobs)
    assert decodings.samples == [4, 2, 2]
    decodings.fails = lambda inputs: None
    assert_as_if_alone(stepped, *jobs)


def test_a_row_that_the_decoder_fails_on_does_not_take_the_others_along(
    stepped: SteppedEngine, decodings: Calls, caplog: pytest.LogCaptureFixture
) -> None:
    jobs = [stepped.put(drawing(steps=1, seeds=(seed,))) for seed in range(3)]
    seen: list[Any] = []

    def second_row(inputs: Any) -> Exception | None:
        seen.extend(inputs[1:2])  # of the first call, that of all rows
        poisoned = any(torch.equal(row, seen[0]) for row in inputs)
        return ValueError("my secret garden") if poisoned else None

    decodings.fails = second_row
    stepped.turn()
    assert code(jobs.pop(1)) == "drawing_failed"
    assert "garden" not in str([vars(record) for record in caplog.records])
    decodings.fails = lambda inputs: None
    assert_as_if_alone(stepped, *jobs)


def test_a_row_that_the_unet_fails_on_does_not_take_the_others_along(
    stepped: SteppedEngine, calls: Calls
) -> None:
    jobs = [stepped.put(drawing(steps=3, seeds=(seed,))) for seed in range(3)]
    stepped.turn()
    rows: list[Any] = []

    def first_row(inputs: Any) -> Exception | None:
        rows.append(inputs[0])
        return ValueError() if torch.equal(inputs[0], rows[0]) else None

    calls.fails = first_row
    stepped.turn()
    assert code(jobs.pop(0)) == "drawing_failed"
    calls.fails = lambda inputs: None
    stepped.finish(*jobs)
    assert_as_if_alone(stepped, *jobs)


def test_a_scheduler_that_fails_does_not_take_the_others_along(stepped: SteppedEngine) -> None:
    """As LCM's does when it is asked for more steps than it was distilled for."""
    from diffusers import LCMScheduler

    stepped.use_scheduler(LCMScheduler, original_inference_steps=5)
    fails, drawn = stepped.put(drawing(steps=6)), stepped.put(drawing(steps=3))
    stepped.finish(drawn)
    assert code(fails) == "drawing_failed"
    assert_as_if_alone(stepped, drawn)


def test_a_scheduler_that_fails_in_a_step_fails_those_it_moves(
    stepped: SteppedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails, drawn = stepped.put(drawing(steps=6)), stepped.put(drawing(steps=3))
    stepped.turn()
    cohort = stepped.engine._batch._cohorts[0]
    monkeypatch.setattr(cohort._scheduler, "step", None)
    stepped.finish(drawn)
    assert code(fails) == "drawing_failed"
    assert_as_if_alone(stepped, drawn)


def test_a_lost_device_ends_the_turns(stepped: SteppedEngine, calls: Calls) -> None:
    job = stepped.put(drawing())
    calls.fails = lambda inputs: RuntimeError("CUDA error: device-side assert triggered")
    with pytest.raises(RuntimeError, match="CUDA error"):
        stepped.turn()
    assert stepped.queue.close() == [job]
