"""When recordings are made, repeated and given up; what records is a stand-in that behaves alike:
a repetition computes from the tensors held at the recording, into the tensor it returned."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch

from model.serving import metrics
from model.serving.recording import CALLS_BEFORE, Bucketed

BATCH = 4


class Tape:
    """Repeats a computation in place, as a CUDA graph does."""

    def __init__(self, error: Exception | None = None) -> None:
        self.recordings = 0
        self.repetitions = 0
        self.taken = False
        self._error = error

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Everything that touches what is held or shared happens in turns, one after the other."""
        assert not self.taken
        self.taken = True
        try:
            yield
        finally:
            self.taken = False

    def record(self, run: Callable[[], Any]) -> tuple[Callable[[], Any], Any]:
        assert self.taken
        self.recordings += 1
        if self._error:
            raise self._error
        answer = run()

        def repeat() -> None:
            assert self.taken
            self.repetitions += 1
            answer.copy_(run())

        return repeat, answer


def double(latents: Any, words: Any) -> Any:
    assert latents.shape[0] == words.shape[0] == BATCH
    return 2 * latents + words


def inputs(rows: int, number: float = 1.0) -> dict[str, Any]:
    latents = torch.arange(float(rows)).reshape(rows, 1) + number
    return {"latents": latents, "words": torch.full((rows, 1), 0.5)}


def answers(bucketed: Bucketed, rows: int, number: float) -> torch.Tensor:
    given = inputs(rows, number)
    answer: torch.Tensor = bucketed(given)
    assert torch.equal(answer, 2 * given["latents"] + 0.5)
    return answer


def test_it_is_recorded_after_some_calls_and_then_repeated() -> None:
    tape = Tape()
    bucketed = Bucketed("denoiser", BATCH, double, tape)
    for call in range(CALLS_BEFORE):
        answers(bucketed, 3, call)
    assert tape.recordings == 0
    for call in range(5):
        answers(bucketed, 1 + call % BATCH, 10.0 * call)
    assert (tape.recordings, tape.repetitions) == (1, 5)


def test_an_answer_stays_when_the_recording_is_repeated() -> None:
    bucketed = Bucketed("denoiser", BATCH, double, Tape())
    for call in range(CALLS_BEFORE + 1):
        first = answers(bucketed, 2, call)
    kept = first.clone()
    answers(bucketed, 4, 100.0)
    assert torch.equal(first, kept)


def test_what_is_held_is_not_the_callers() -> None:
    bucketed = Bucketed("denoiser", BATCH, double, Tape())
    given = inputs(BATCH)
    for _ in range(CALLS_BEFORE + 2):
        bucketed(given)
    assert torch.equal(given["latents"], inputs(BATCH)["latents"])


def test_a_recording_made_while_inferring_can_be_repeated_anywhere() -> None:
    bucketed = Bucketed("denoiser", BATCH, double, Tape())
    with torch.inference_mode():
        for call in range(CALLS_BEFORE + 1):
            answers(bucketed, 2, call)
    answers(bucketed, 2, 5.0)


@pytest.mark.parametrize(
    "error", [RuntimeError("a cat"), torch.OutOfMemoryError("CUDA out of memory")]
)
def test_a_recording_that_fails_is_not_tried_again(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    tape = Tape(error)
    bucketed = Bucketed("denoiser", BATCH, double, tape)
    before = metrics.REFUSED._value.get()
    for call in range(CALLS_BEFORE + 3):
        answers(bucketed, 2, call)
    assert tape.recordings == 1
    assert metrics.REFUSED._value.get() == before + 1
    assert caplog.messages == ["recording_failed"]
    assert "a cat" not in str(vars(caplog.records[0]))


def test_a_recording_that_is_forgotten_is_not_made_again() -> None:
    tape = Tape()
    bucketed = Bucketed("denoiser", BATCH, double, tape)
    for call in range(CALLS_BEFORE + 1):
        answers(bucketed, 2, call)
    bucketed.forget_recording()
    answers(bucketed, 2, 3.0)
    assert (tape.recordings, tape.repetitions) == (1, 1)
    assert not bucketed._held


def test_rows_are_filled_up_and_counted() -> None:
    padded = metrics.PADDED._value.get()
    bucketed = Bucketed("denoiser", BATCH, double, Tape())
    for call in range(CALLS_BEFORE + 1):
        answers(bucketed, 3, call)
    assert metrics.PADDED._value.get() == padded + CALLS_BEFORE + 1


def test_inputs_reach_the_network_in_the_layout_it_was_compiled_for() -> None:
    seen: list[bool] = []

    def look(latents: Any) -> Any:
        seen.append(latents.is_contiguous())
        return latents

    latents = torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last)
    assert torch.equal(Bucketed("decoder", 2, look, None)({"latents": latents}), latents)
    Bucketed("decoder", 4, look, None)({"latents": latents})
    assert seen == [True, True]
