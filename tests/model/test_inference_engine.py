"""The engine's pictures are those of the plain pipeline, whoever shares the steps."""

from pathlib import Path
from typing import Any

import diffusers
import pytest

from model.serving.settings import BUNDLED_WEIGHTS
from tests.model.engines import SteppedEngine, drawing, pictures
from tests.model.running_server import largest_difference

TOLERANCE = 1
BUNDLED_TOLERANCE = 2

# Of diffusers' schedulers, about numpy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SCHEDULERS: list[tuple[str, dict[str, Any]]] = [
    ("DDIMScheduler", {}),
    ("DDIMScheduler", {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True}),
    ("PNDMScheduler", {}),
    ("PNDMScheduler", {"skip_prk_steps": True}),
    ("EulerDiscreteScheduler", {}),
    ("EulerDiscreteScheduler", {"timestep_spacing": "trailing"}),
    ("EulerAncestralDiscreteScheduler", {}),
    ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++"}),
    ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
    ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    ("HeunDiscreteScheduler", {}),
    ("LCMScheduler", {}),
    ("UniPCMultistepScheduler", {}),
    ("TCDScheduler", {}),
]


@pytest.fixture(scope="module")
def engines(tiny_weights: Path, tiny_sdxl_weights: Path) -> dict[str, SteppedEngine]:
    return {
        kind: SteppedEngine(weights, max_batch=8)
        for kind, weights in (("sd", tiny_weights), ("sdxl", tiny_sdxl_weights))
    }


def differences(stepped: SteppedEngine, jobs: list[Any]) -> list[int]:
    return [
        largest_difference(one, other)
        for job in jobs
        for one, other in zip(pictures(job), stepped.plain(job.drawing), strict=True)
    ]


@pytest.mark.parametrize("kind", ["sd", "sdxl"])
@pytest.mark.parametrize(("scheduler", "config"), SCHEDULERS, ids=str)
def test_rows_that_join_and_leave_are_drawn_as_by_the_plain_pipeline(
    engines: dict[str, SteppedEngine], kind: str, scheduler: str, config: dict[str, Any]
) -> None:
    stepped = engines[kind]
    stepped.use_scheduler(getattr(diffusers, scheduler), **config)
    jobs = [
        stepped.put(drawing("a cat", steps=6)),
        stepped.put(drawing("a dog", steps=6, seeds=(3, 4), negative_prompt="night")),
    ]
    stepped.turn(2)
    jobs.append(stepped.put(drawing("a bird", steps=4, guidance_scale=2.5)))
    jobs.append(stepped.put(drawing("a fish", steps=5, guidance_scale=0.0, seeds=(5,))))
    stepped.turn()
    jobs.append(stepped.put(drawing("a cat", negative_prompt="", seeds=(6,))))
    stepped.finish(*jobs)
    assert max(differences(stepped, jobs)) <= TOLERANCE


@pytest.mark.parametrize("kind", ["sd", "sdxl"])
def test_what_is_asked_for_is_seen_in_the_picture(
    engines: dict[str, SteppedEngine], kind: str
) -> None:
    """Else the comparisons above would compare nothing."""
    stepped = engines[kind]
    stepped.use_scheduler(diffusers.EulerDiscreteScheduler)
    first, *others = [
        stepped.plain(drawing("a cat by the window of the house", **changes))[0]
        for changes in (
            {},
            {"seeds": (2,)},
            {"steps": 5},
            {"guidance_scale": 30.0},
            {"guidance_scale": 0.0},
            {"negative_prompt": "night", "guidance_scale": 30.0},
        )
    ]
    for other in others:
        assert largest_difference(first, other) > TOLERANCE, others.index(other)


@pytest.mark.parametrize("number", [1, 3])
def test_a_distilled_unet_is_told_the_guidance(tiny_distilled_weights: Path, number: int) -> None:
    stepped = SteppedEngine(tiny_distilled_weights)
    stepped.use_scheduler(diffusers.LCMScheduler)
    jobs = [
        stepped.put(drawing(steps=4, guidance_scale=2.0 + index, seeds=(index,)))
        for index in range(number)
    ]
    stepped.finish(*jobs)
    assert max(differences(stepped, jobs)) <= TOLERANCE


def test_bundled_pictures_are_those_of_the_plain_pipeline() -> None:
    stepped = SteppedEngine(BUNDLED_WEIGHTS)
    jobs = [
        stepped.put(drawing("a cat in the park", width=96, height=128, steps=14, seeds=(3, 4))),
        stepped.put(
            drawing("밤, 숲에 있는 사과", width=96, height=128, steps=9, guidance_scale=3.0)
        ),
    ]
    stepped.turn(4)
    jobs.append(stepped.put(drawing("눈", width=96, height=128, steps=8, negative_prompt="밤")))
    stepped.finish(*jobs)
    assert max(differences(stepped, jobs)) <= BUNDLED_TOLERANCE
