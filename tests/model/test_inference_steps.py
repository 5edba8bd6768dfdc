"""What happens to rows between their steps, with an engine driven turn by turn."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from model.serving import conditions, halving
from model.serving.errors import RequestError
from model.serving.painter import Painter
from model.serving.queue import Job
from tests.model.engines import SteppedEngine, drawing, load, pictures
from tests.model.running_server import largest_difference

TOLERANCE = 1
# Of diffusers' schedulers, about numpy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

OUT_OF_MEMORY = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


@pytest.fixture(scope="module")
def painter(tiny_weights: Path) -> Painter:
    return load(tiny_weights)


@pytest.fixture
def stepped(painter: Painter) -> Iterator[SteppedEngine]:
    scheduler = painter.pipeline.scheduler
    yield SteppedEngine(painter)
    painter.pipeline.scheduler = scheduler


class Calls:
    """Counts the samples of each call of a network, and lets some calls fail."""

    def __init__(self, network: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.samples: list[int] = []
        self.times: list[list[float]] = []
        self.fails: Callable[[Any], Exception | None] = lambda inputs: None
        self._forward = network.forward
        monkeypatch.setattr(network, "forward", self)

    def __call__(self, inputs: Any, *others: Any, **named: Any) -> Any:
        self.samples.append(len(inputs))
        if others:
            self.times.append(others[0].tolist())
        if error := self.fails(inputs):
            raise error
        return self._forward(inputs, *others, **named)


@pytest.fixture
def calls(stepped: SteppedEngine, monkeypatch: pytest.MonkeyPatch) -> Calls:
    return Calls(stepped.pipeline.unet, monkeypatch)


@pytest.fixture
def decodings(stepped: SteppedEngine, monkeypatch: pytest.MonkeyPatch) -> Calls:
    return Calls(stepped.pipeline.vae.decoder, monkeypatch)


def code(job: Job) -> str:
    error = job.result.exception(0)
    assert isinstance(error, RequestError)
    return error.code


def assert_as_if_alone(stepped: SteppedEngine, *jobs: Job) -> None:
    for job in jobs:
        for one, other in zip(pictures(job), stepped.plain(job.drawing), strict=True):
            assert largest_difference(one, other) <= TOLERANCE


def test_all_rows_of_a_step_are_one_call_with_a_time_for_each_sample(
    stepped: SteppedEngine, calls: Calls
) -> None:
    stepped.put(drawing(steps=4))
    stepped.turn()
    stepped.put(drawing(steps=3, guidance_scale=1.0, seeds=(1, 2)))
    stepped.turn()
    assert calls.samples == [2, 4]
    assert len(calls.times[1]) == 4
    assert len(set(calls.times[1])) == 2


def test_each_drawing_is_answered_after_its_last_step_not_the_batch_s(
    stepped: SteppedEngine,
) -> None:
    long, short = stepped.put(drawing(steps=6)), stepped.put(drawing(steps=2))
    stepped.turn(2)
    assert short.result.done()
    assert not long.result.done()
    stepped.turn(4)
    assert long.result.done()
    assert_as_if_alone(stepped, long, short)


def test_what_finishes_in_one_step_is_decoded_together(
    stepped: SteppedEngine, decodings: Calls
) -> None:
    jobs = [stepped.put(drawing(steps=3)), stepped.put(drawing(steps=2, seeds=(2, 3)))]
    stepped.turn(2)
    jobs.append(stepped.put(drawing(steps=1, seeds=(4,))))
    stepped.finish(*jobs)
    assert decodings.samples == [2, 2]


def test_the_place_of_a_client_who_left_is_free_at_the_next_step(
    stepped: SteppedEngine, calls: Calls
) -> None:
    stays = stepped.put(drawing(steps=6, seeds=(1, 2)))
    leaves = stepped.put(drawing(steps=6, seeds=(3, 4)))
    comes = stepped.put(drawing(steps=6, seeds=(5, 6)))
    stepped.turn(2)
    leaves.result.cancel()
    stepped.turn()
    assert calls.samples == [8, 8, 8]
    stepped.finish(stays, comes)
    assert calls.samples == [8] * 6 + [4] * 2
    assert_as_if_alone(stepped, stays, comes)


@pytest.mark.parametrize(
    "scheduler", ["PNDMScheduler", "DPMSolverMultistepScheduler", "UniPCMultistepScheduler"]
)
def test_what_a_scheduler_remembers_of_rows_leaves_with_them(
    stepped: SteppedEngine, scheduler: str
) -> None:
    import diffusers

    stepped.use_scheduler(getattr(diffusers, scheduler))
    jobs = [stepped.put(drawing(steps=7, seeds=(seed,))) for seed in range(4)]
    for step in (3, 2):
        stepped.turn(2)
        jobs.pop(step).result.cancel()
    stepped.finish(*jobs)
    assert_as_if_alone(stepped, *jobs)


def test_same_size_drawings_join_until_another_size_has_waited_too_long(
    stepped: SteppedEngine,
) -> None:
    first = stepped.put(drawing(steps=3))
    stepped.turn()
    other = stepped.put(drawing(width=24, steps=1))
    stepped.clock.now = 0.9
    joins = stepped.put(drawing(steps=3))
    stepped.turn()
    stepped.clock.now = 1.0
    waits = stepped.put(drawing(steps=3))
    stepped.turn(2)
    assert first.result.done()
    assert not other.result.done()
    stepped.turn()
    assert joins.result.done()
    stepped.turn()
    assert other.result.done()
    assert not waits.result.done()
    stepped.finish(waits)
    assert_as_if_alone(stepped, first, other, joins, waits)


def test_guidance_that_is_cut_off_takes_one_sample_and_draws_as_the_pipeline_would(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    stepped = SteppedEngine(painter, guidance_until=0.6)
    jobs = [stepped.put(drawing(steps=5))]
    calls = Calls(stepped.pipeline.unet, monkeypatch)
    stepped.turn()
    jobs.append(stepped.put(drawing(steps=4, seeds=(2,))))
    stepped.finish(*jobs)
    assert calls.samples == [2, 4, 4, 2, 2]

    def cut_off(pipeline: Any, step: int, _: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        if step + 1 == round(0.6 * pipeline.num_timesteps):
            pipeline._guidance_scale = 0.0
            tensors["prompt_embeds"] = tensors["prompt_embeds"].chunk(2)[1]
        return tensors

    for job in jobs:
        wanted = job.drawing
        expected = stepped.pipeline(
            wanted.prompt,
            width=wanted.width,
            height=wanted.height,
            num_inference_steps=wanted.steps,
            guidance_scale=wanted.guidance_scale,
            generator=torch.Generator().manual_seed(wanted.seeds[0]),
            callback_on_step_end=cut_off,
            callback_on_step_end_tensor_inputs=["latents", "prompt_embeds"],
        ).images[0]
        assert largest_difference(pictures(job)[0], expected) <= TOLERANCE


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


def test_a_text_is_encoded_once_whatever_it_is_used_for(
    stepped: SteppedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = Calls(stepped.pipeline.text_encoder, monkeypatch)
    jobs = [
        stepped.put(drawing("a cat", negative_prompt="a dog", steps=1)),
        stepped.put(drawing("a dog", negative_prompt="a cat", steps=1)),
    ]
    stepped.finish(*jobs)
    later = stepped.put(drawing("a cat", negative_prompt="a fish", steps=1))
    stepped.finish(later)
    assert encoder.samples == [2, 1]


def test_only_so_many_bytes_of_texts_are_kept(
    stepped: SteppedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = stepped.engine._conditions
    size = kept.of("a").size
    monkeypatch.setattr(conditions, "KEPT_BYTES", 3 * size)
    encoder = Calls(stepped.pipeline.text_encoder, monkeypatch)
    for text in ("b", "c", "a", "d", "a", "c", "b"):
        kept.of(text)
    assert len(encoder.samples) == 4, "b, c, d, and b again, which was used the longest ago"
    assert kept._size == 3 * size
    jobs = [stepped.put(drawing(f"cat {number}", steps=1)) for number in range(4)]
    stepped.finish(*jobs)
    assert_as_if_alone(stepped, *jobs)
