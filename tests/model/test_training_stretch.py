"""Training in stretches: a run that is out of time ends well and the next one goes on."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import model.training.__main__ as command
from model.training import dataset
from model.training.config import TINY, Bucket
from model.training.dataset import render_bucket, scene_of
from model.training.drawing import draw_scene
from model.training.recipe import train_pipeline
from model.training.stretch import OutOfTimeError, Stretch
from tests.model.training_materials import plain_concepts

CONCEPTS = plain_concepts()


def clock(seconds: float = 60) -> Callable[[], float]:
    """Every look at this clock takes so long."""
    looks = iter(range(1_000_000))
    return lambda: next(looks) * seconds


def weights(folder: Path) -> dict[str, bytes]:
    files = sorted(folder.rglob("*.safetensors"))
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def test_stretch_ends_after_its_minutes_and_without_minutes_never() -> None:
    stretch = Stretch(2, clock(60))
    assert [stretch.is_over() for _ in range(3)] == [False, True, True]
    endless = Stretch(None, clock(1e9))
    assert not any(endless.is_over() for _ in range(3))


def test_short_stretches_end_with_the_weights_of_one_long_run(tmp_path: Path) -> None:
    train_pipeline(TINY, CONCEPTS, folder=tmp_path / "long", out=tmp_path / "long-out")
    stops = []
    while not (tmp_path / "short-out").exists():
        assert len(stops) < 20
        try:
            train_pipeline(
                TINY,
                CONCEPTS,
                folder=tmp_path / "short",
                out=tmp_path / "short-out",
                stretch=Stretch(8, clock()),
            )
        except OutOfTimeError as stopped:
            stops.append(str(stopped))
    # Each stretch has time for eight looks at the clock: after a picture or before a step.
    assert len(stops) >= 3
    assert stops[0].startswith("render 1:1: ")
    assert any("step 1 of 2" in stop for stop in stops)
    assert weights(tmp_path / "short-out") == weights(tmp_path / "long-out")


def test_pictures_go_on_where_rendering_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = Bucket("1:1", 16, 16, 5)
    with pytest.raises(OutOfTimeError, match="render 1:1: 2 of 5 pictures"):
        render_bucket(CONCEPTS, TINY, bucket, tmp_path, stretch=Stretch(2, clock()))
    [unfinished] = tmp_path.glob("*.partial")
    marked = np.lib.format.open_memmap(unfinished, mode="r+")
    marked[:2] = 7
    marked.flush()
    monkeypatch.setattr(dataset, "WORKERS", 1)
    pictures = render_bucket(CONCEPTS, TINY, bucket, tmp_path)
    assert (pictures[:2] == 7).all()
    for index in range(2, 5):
        truth = draw_scene(scene_of(CONCEPTS, TINY, bucket, index))
        assert (pictures[index] == np.asarray(truth)).all()
    assert [path.suffix for path in tmp_path.iterdir()] == [".npy"]


def test_command_that_is_out_of_time_succeeds_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "load_concepts", lambda *_: CONCEPTS)
    monkeypatch.setattr(command, "Stretch", lambda minutes: Stretch(minutes, clock()))
    words = ["--config", "tiny", "--out", str(tmp_path / "out"), "--cache", str(tmp_path)]
    command.main([*words, "--minutes", "3"])
    told = capsys.readouterr().out
    assert "Stopped after 3 minutes at render 1:1: 3 of 12 pictures." in told
    assert "Run the same command again to go on." in told
    assert not (tmp_path / "out").exists()
    command.main([*words, "--minutes", "1000"])
    assert f"wrote {tmp_path / 'out'}" in capsys.readouterr().out
    assert weights(tmp_path / "out")


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "inf", "ten"])
def test_senseless_minutes_are_refused(minutes: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(["--config", "tiny", "--out", str(tmp_path), "--minutes", minutes])
