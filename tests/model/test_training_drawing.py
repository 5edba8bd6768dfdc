import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest

from model.training.drawing import draw_scene
from model.training.scenes import (
    PATCH,
    PLACES,
    STYLES,
    WEATHERS,
    Place,
    Scene,
    Style,
    is_held_out,
    sample_scene,
)
from tests.model.training_materials import plain_concepts

CONCEPTS = plain_concepts()


def scene(index: int = 0, width: int = 64, height: int = 64) -> Scene:
    return sample_scene(CONCEPTS, width=width, height=height, seed=1, index=index)


def pixels(of: Scene) -> np.ndarray:
    return np.asarray(draw_scene(of)).astype(int)


@pytest.mark.parametrize("style", STYLES)
def test_same_seed_draws_the_same_pixels(style: Style) -> None:
    styled = dataclasses.replace(scene(), style=style)
    assert (pixels(styled) == pixels(styled)).all()


def test_scene_is_the_same_for_the_same_seed_and_another_for_the_next_index() -> None:
    assert scene(3) == scene(3)
    assert scene(3) != scene(4)


@pytest.mark.parametrize(("width", "height"), [(64, 64), (48, 64), (64, 48), (128, 128)])
def test_picture_has_the_size_of_its_bucket(width: int, height: int) -> None:
    assert draw_scene(scene(width=width, height=height)).size == (width, height)


def test_every_place_weather_and_style_looks_different() -> None:
    base = dataclasses.replace(scene(), place="park", weather="sunny", style="flat")
    choices: dict[str, tuple[Any, ...]] = {"place": PLACES, "weather": WEATHERS, "style": STYLES}
    for field, values in choices.items():
        looks = {pixels(dataclasses.replace(base, **{field: value})).tobytes() for value in values}
        assert len(looks) == len(values), field


def test_pencil_pictures_are_nearly_grey_and_flat_ones_are_not() -> None:
    def colourfulness(style: Style) -> float:
        picture = pixels(dataclasses.replace(scene(), style=style, weather="sunny"))
        return float((picture.max(axis=2) - picture.min(axis=2)).mean())

    assert colourfulness("pencil") < 15 < colourfulness("flat")


def test_objects_stay_inside_and_are_large() -> None:
    for index in range(200):
        for shape in ((64, 64), (48, 64), (64, 48)):
            drawn = scene(index, *shape)
            for placed in drawn.objects:
                # A tenth more in upright pictures, where it would look lost.
                assert 0.3 <= placed.size * drawn.height / min(shape) <= 0.82 * 1.1 + 1e-9
                assert placed.y - placed.size / 2 >= 0
                assert placed.y + placed.size / 2 <= 1


@pytest.mark.parametrize(("width", "height"), [(128, 128), (96, 128), (128, 96)])
def test_in_steady_scenes_things_have_settled_spots_on_the_grid_and_stay_inside(
    width: int, height: int
) -> None:
    spots = set()
    for index in range(300):
        drawn, loose = (
            sample_scene(CONCEPTS, width=width, height=height, seed=1, index=index, steady=steady)
            for steady in (True, False)
        )
        for slot, (settled, placed) in enumerate(zip(drawn.objects, loose.objects, strict=True)):
            size = settled.size * height
            left, top = settled.x * width - size / 2, settled.y * height - size / 2
            cells = (left / PATCH, top / PATCH, size / PATCH)
            assert cells == pytest.approx([round(part) for part in cells])
            assert 0 <= left <= width - size
            assert 0 <= top <= height - size
            assert (settled.tilt, settled.mirrored) == (0, False)
            assert settled.concept == placed.concept
            spots.add((len(drawn.objects), slot, round(left), round(top), round(size)))
        # Everything else is left to chance as it was.
        assert dataclasses.replace(loose, objects=drawn.objects, steady=True) == drawn
    # Six slots of one, two or three things, and two heights: in the air or on the ground.
    assert {spot[:2] for spot in spots} == {(n, slot) for n in (1, 2, 3) for slot in range(n)}
    assert len(spots) <= 12


@pytest.mark.parametrize("place", ["park", "room"])
def test_sun_and_window_of_steady_scenes_keep_to_their_sides(place: Place) -> None:
    def sides(*, steady: bool) -> set[bool]:
        found = set()
        for seed in range(12):
            drawn = dataclasses.replace(
                scene(), place=place, weather="sunny", style="flat", steady=steady, objects=()
            )
            upper = pixels(dataclasses.replace(drawn, seed=seed))[:24]
            # The sun is the yellowest, the window has the bluest pane.
            yellow = upper[..., 0] + upper[..., 1] - 2 * upper[..., 2]
            seen = yellow if place == "park" else upper[..., 2] - upper[..., 0]
            found.add(bool(seen[:, :32].max() > seen[:, 32:].max()))
        return found

    assert sides(steady=True) == {place == "park"}
    assert sides(steady=False) == {True, False}


def kinds_of(drawn: Scene) -> list[Any]:
    kinds = {placed.concept.body: placed.concept for placed in drawn.objects}
    return list(kinds.values())


def test_held_out_pairs_never_meet_in_training_pictures() -> None:
    met = 0
    for index in range(2_000):
        for one, other in itertools.combinations(kinds_of(scene(index)), 2):
            assert not is_held_out(one, other)
            met += 1
    assert met > 300


def test_held_out_scenes_show_nothing_but_held_out_pairs() -> None:
    for index in range(300):
        drawn = sample_scene(
            CONCEPTS, width=64, height=64, seed=1, index=index, kinds=2, held_out=True
        )
        one, other = kinds_of(drawn)
        assert is_held_out(one, other)
        assert is_held_out(other, one)


def test_about_a_fifth_of_all_pairs_is_held_out() -> None:
    pairs = list(itertools.combinations(CONCEPTS, 2))
    share = sum(is_held_out(*pair) for pair in pairs) / len(pairs)
    assert 0.17 < share < 0.23


@pytest.mark.parametrize("kinds", [1, 2, 3])
def test_scene_shows_as_many_kinds_as_are_asked_for(kinds: int) -> None:
    for index in range(50):
        drawn = sample_scene(CONCEPTS, width=64, height=64, seed=1, index=index, kinds=kinds)
        assert len(kinds_of(drawn)) == kinds
