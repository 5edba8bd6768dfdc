import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from model.evaluation.classifier import Pictures, labels_of, train_classifier
from model.evaluation.drawing import (
    EvaluationError,
    Pipeline,
    prompt_of,
    unseen_scenes,
    variations,
)
from model.evaluation.judging import Evaluation, evaluate
from model.evaluation.measures import (
    Share,
    chance,
    find_labels,
    nearest_distances,
    own_captions,
    pairwise_distance,
    shuffled_captions,
    thumbnails,
)
from model.evaluation.report import write_report
from model.training.config import SMALL, TINY
from model.training.recipe import train_pipeline
from model.training.scenes import is_held_out, sample_scene
from tests.model.training_materials import plain_concepts

# diffusers' own samplers hand torch tensors to numpy the old way.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CONCEPTS = plain_concepts()


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Threads that wait for each other on busy cores make small networks many times slower."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def some_pictures(count: int, seed: int = 0) -> Pictures:
    rng = np.random.default_rng(seed)
    return rng.integers(256, size=(count, 32, 32, 3), dtype=np.uint8)


def test_top_k_counts_labels_among_the_best_scores() -> None:
    scores = torch.tensor([[0.1, 0.7, 0.2], [0.5, 0.4, 0.1], [0.3, 0.2, 0.5]])
    labels = torch.tensor([[1], [1], [0]])
    assert own_captions(find_labels(scores, labels, 1)) == Share(1, 3)
    assert own_captions(find_labels(scores, labels, 2)) == Share(3, 3)


def test_both_found_needs_both_in_whatever_order() -> None:
    scores = torch.tensor([[0.1, 0.7, 0.6, 0.0], [0.9, 0.1, 0.2, 0.8], [0.9, 0.1, 0.2, 0.8]])
    labels = torch.tensor([[2, 1], [0, 3], [0, 1]])
    assert own_captions(find_labels(scores, labels, 2)) == Share(2, 3)


def test_shuffled_captions_of_perfect_pictures_are_at_chance() -> None:
    labels = torch.arange(10).repeat(20)[:, None]
    scores = torch.eye(10)[labels[:, 0]]
    found = find_labels(scores, labels, 1)
    assert own_captions(found) == Share(200, 200)
    assert shuffled_captions(found) == pytest.approx(19 / 199)
    assert shuffled_captions(found) == pytest.approx(chance(10, 1, 1), abs=0.005)


def test_pictures_of_nothing_are_at_chance_with_own_and_with_shuffled_captions() -> None:
    torch.manual_seed(0)
    labels = torch.randint(8, (600, 1))
    found = find_labels(torch.randn(600, 8), labels, 2)
    assert own_captions(found).rate == pytest.approx(chance(8, 1, 2), abs=0.06)
    assert shuffled_captions(found) == pytest.approx(chance(8, 1, 2), abs=0.02)


def test_chance_of_blind_guesses() -> None:
    assert chance(66, 1, 1) == pytest.approx(1 / 66)
    assert chance(66, 1, 5) == pytest.approx(5 / 66)
    assert chance(66, 2, 2) == pytest.approx(2 / 66 / 65)


def test_interval_is_wilsons() -> None:
    low, high = Share(8, 10).interval
    assert (low, high) == (pytest.approx(0.490, abs=1e-3), pytest.approx(0.943, abs=1e-3))
    assert Share(0, 10).interval[0] == 0
    assert Share(10, 10).interval[1] == 1


def test_identical_pictures_have_no_diversity() -> None:
    one = some_pictures(1)
    assert pairwise_distance(np.repeat(one, 4, axis=0)) == 0
    black_and_white = np.stack([np.zeros_like(one[0]), np.full_like(one[0], 255)])
    assert pairwise_distance(black_and_white) == 255


def test_nearest_distance_of_a_copy_is_zero_and_of_others_is_not() -> None:
    known = thumbnails(some_pictures(40))
    distances = nearest_distances(
        torch.cat([known[7:8], thumbnails(some_pictures(3, seed=1))]), known
    )
    assert distances[0] == 0
    assert (distances[1:] > 0.1).all()


def test_thumbnail_is_the_mean_of_its_pixels() -> None:
    picture = np.zeros((1, 32, 32, 3), np.uint8)
    picture[0, :2, :2] = [[[255] * 3, [0] * 3], [[255] * 3, [0] * 3]]
    thumbnail = thumbnails(picture)[0].reshape(3, 16, 16)
    assert thumbnail[0, 0, 0] == pytest.approx(0.5)
    assert thumbnail[0, 1:].abs().max() == 0


def test_unseen_scenes_show_one_thing_or_a_held_out_pair() -> None:
    assert all(len(s.objects) == 1 for s in unseen_scenes(CONCEPTS, SMALL, 60, kinds=1))
    for scene in unseen_scenes(CONCEPTS, SMALL, 60, kinds=2):
        assert is_held_out(*(placed.concept for placed in scene.objects))


def test_unseen_scenes_come_after_the_training_pictures() -> None:
    bucket = SMALL.buckets[0]
    first = unseen_scenes(CONCEPTS, SMALL, 1, kinds=2)[0]
    assert first == sample_scene(
        CONCEPTS,
        width=bucket.width,
        height=bucket.height,
        seed=SMALL.seed,
        index=bucket.pictures,
        kinds=2,
        held_out=True,
        steady=SMALL.steady,
    )


def test_variations_are_told_by_the_same_caption_and_differ() -> None:
    scene = unseen_scenes(CONCEPTS, SMALL, 1, kinds=1)[0]
    others = variations(scene, 4)
    assert len({other.objects[0].x for other in others}) == 4
    for other in others:
        assert (other.place, other.weather, other.style) == (
            scene.place,
            scene.weather,
            scene.style,
        )
        assert [placed.concept for placed in other.objects] == [scene.objects[0].concept]


def test_prompt_is_the_same_every_time() -> None:
    scene = unseen_scenes(CONCEPTS, SMALL, 1, kinds=1)[0]
    assert prompt_of(scene, "ko", "diary") == prompt_of(scene, "ko", "diary")


def test_classifier_learns_what_it_is_shown() -> None:
    """Pictures of one colour for each concept: learnt in a few steps, also in unseen shades."""
    concepts = CONCEPTS[:3]
    sampled = (
        sample_scene(concepts, width=16, height=16, seed=1, index=index, kinds=1)
        for index in range(100)
    )
    scenes = [scene for scene in sampled if len(scene.objects) == 1][:60]
    labels = [concepts.index(scene.objects[0].concept) for scene in scenes]
    shades = np.random.default_rng(0).integers(40, size=(60, 16, 16, 3))
    pictures = (shades + 200 * np.eye(3)[labels][:, None, None]).astype(np.uint8)
    size = dataclasses.replace(SMALL.judge, steps=25)
    classifier = train_classifier(concepts, scenes[:40], pictures[:40], size=size, seed=0)
    scores = classifier.score(pictures[40:])
    truth = labels_of("object", scenes[40:], concepts)
    assert own_captions(find_labels(scores["object"], truth, 1)).rate > 0.9
    assert {head: rows.shape[1] for head, rows in scores.items()} == {
        "object": 3,
        "place": 7,
        "weather": 6,
        "style": 4,
    }


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("evaluation")
    train_pipeline(TINY, CONCEPTS, folder=root / "cache", out=root / "out")
    return root


def evaluate_tiny(root: Path) -> Evaluation:
    recipe = dataclasses.replace(TINY, judge=dataclasses.replace(TINY.judge, steps=3))
    return evaluate(
        recipe, CONCEPTS, weights=root / "out", folder=root / "cache", scenes=8, pairs=4
    )


def test_evaluation_reports_every_row_and_repeats_itself(trained: Path) -> None:
    evaluation = evaluate_tiny(trained)
    report = write_report(evaluation)
    for language in ("English", "Korean"):
        for part in ("", ", phrases", ", diary sentences"):
            for first in (1, 5):
                assert f"| one object, {language}{part}, top-{first} |" in report
        for head in ("place", "weather", "style"):
            assert f"| {head}, {language} |" in report
        assert f"| two objects that never met in training, {language}, both found |" in report
    assert "difference between 4 seeds of one caption" in report
    assert "distance to the nearest training picture, median" in report
    for fact in ("date", "machine", "versions", "weights", "seeds", "classifier", "time"):
        assert f"\n| {fact} | " in report
    tries = [row.drawn.tries for row in evaluation.rows]
    assert tries == [8, 8, 4, 4, 4, 4] * 2 + [8] * 6 + [2] * 2
    assert all(row.renders.tries == row.drawn.tries for row in evaluation.rows)
    again = evaluate_tiny(trained)
    assert again.rows == evaluation.rows
    assert again.comparisons == evaluation.comparisons


def test_weights_of_another_recipe_are_refused(trained: Path) -> None:
    with pytest.raises(EvaluationError, match="train it with this recipe"):
        Pipeline(trained / "out", SMALL, CONCEPTS)
    with pytest.raises(EvaluationError, match="knows 66 other concepts"):
        Pipeline(trained / "out", TINY, CONCEPTS[:5])
