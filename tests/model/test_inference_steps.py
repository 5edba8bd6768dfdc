"""What happens to rows between their steps, with an engine driven turn by turn."""

from typing import Any

import pytest
import torch

from model.serving import conditions
from model.serving.painter import Painter
from tests.model.engines import Calls, SteppedEngine, assert_as_if_alone, drawing, pictures
from tests.model.running_server import largest_difference

TOLERANCE = 1

# Of diffusers' schedulers, about numpy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


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
