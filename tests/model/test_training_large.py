"""The configuration for a GPU, as far as it can be checked without one."""

import dataclasses
import re
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from model.evaluation.classifier import Classifier
from model.evaluation.drawing import prompt_of, unseen_scenes, variations
from model.evaluation.judging import evaluate
from model.evaluation.report import write_report
from model.training.captions import LANGUAGES, Language, words, write_caption
from model.training.config import LARGE, SMALL, TINY
from model.training.dataset import scene_of
from model.training.drawing import draw_scene
from model.training.export import export_pipeline
from model.training.naming import UNUSUAL_PLURALS, placements
from model.training.networks import build_text_encoder, build_unet, build_vae
from model.training.recipe import train_pipeline
from model.training.scenes import SIDES, Scene, is_held_out
from model.training.tokenizer import WORD_START, build_tokenizer
from tests.model.training_materials import plain_concepts, real_entries

# diffusers' own samplers hand torch tensors to numpy the old way.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ENTRIES = real_entries(LARGE)
CONCEPTS = plain_concepts(LARGE)
TOKENIZER = build_tokenizer(CONCEPTS, LARGE.text.tokens, placed=True)
MEBIBYTE, MEGABYTE = 2**20, 10**6
COUNTERS = re.findall(
    "[가-힣]+", "개 마리 대 명 송이 짝 채 벌 자루 그릇 그루 잔 켤레 척 장 권 줄 통 부"
)


def scenes(count: int = 600) -> list[Scene]:
    return [scene_of(CONCEPTS, LARGE, LARGE.buckets[0], index) for index in range(count)]


def is_placed(scene: Scene) -> bool:
    return any(placed.small or placed.side for placed in scene.objects)


def pieces(text: str) -> set[str]:
    tokens = TOKENIZER.convert_ids_to_tokens(TOKENIZER(text).input_ids)
    return {token.removeprefix(WORD_START) for token in tokens}


def test_exported_weights_fit_their_limits(tmp_path: Path) -> None:
    export_pipeline(
        LARGE,
        tokenizer=TOKENIZER,
        text_encoder=build_text_encoder(LARGE.text, TOKENIZER),
        vae=build_vae(LARGE.vae, LARGE.buckets[0].height),
        unet=build_unet(LARGE.unet, LARGE),
        concepts=len(CONCEPTS),
        folder=tmp_path,
    )
    shards = [shard.stat().st_size for shard in tmp_path.rglob("*.safetensors")]
    assert max(shards) <= 15 * MEGABYTE
    assert 40 * MEBIBYTE < sum(shards) <= 56 * MEBIBYTE
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.*")) <= 57 * MEBIBYTE


def test_large_knows_what_small_knows_and_hundreds_more() -> None:
    assert len(ENTRIES) >= 300
    known = {entry["icon"]: entry for entry in ENTRIES}
    assert len(known) == len(ENTRIES)
    for entry in real_entries(SMALL):
        assert {**entry, "article": None} == {**known[entry["icon"]], "article": None}


def test_entries_are_named_and_counted() -> None:
    for entry in ENTRIES:
        assert set(entry) <= {"icon", "en", "ko", "air", "counter", "article"}
        assert entry["en"]
        assert all(name == name.lower().strip() and name.isascii() for name in entry["en"])
        assert entry["ko"]
        assert all("가" <= letter <= "힣" or letter == " " for letter in "".join(entry["ko"]))
        assert entry.get("counter", "개") in COUNTERS
        if entry.get("article") == "":
            assert all(name in UNUSUAL_PLURALS for name in entry["en"]), entry["en"]


def test_no_plural_is_kept_for_a_name_that_is_gone() -> None:
    assert set(UNUSUAL_PLURALS) <= {name for entry in ENTRIES for name in entry["en"]}


def test_shapes_are_those_of_the_service_at_256_pixels() -> None:
    sizes = {bucket.aspect: (bucket.width, bucket.height) for bucket in LARGE.buckets}
    assert sizes == {"1:1": (256, 256), "3:4": (192, 256), "4:3": (256, 192)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_name_no_concept(language: Language) -> None:
    names = {name for concept in CONCEPTS for name in concept.names[language]}
    sentences = words()["filler"][language] + words()["diary"][language]
    for sentence in sentences:
        assert not pieces(sentence) & names, sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_captions_are_tidy_and_mostly_fit_the_text_encoder(language: Language) -> None:
    written = [write_caption(s, language, np.random.default_rng(s.seed)) for s in scenes()]
    fitting = [len(TOKENIZER(caption).input_ids) <= LARGE.text.tokens for caption in written]
    assert np.mean(fitting) > 0.99
    for caption in written:
        assert not set("{}") & set(caption)
        assert "  " not in caption
        assert " ," not in caption
        assert caption == caption.strip(" ,")


def test_about_the_share_of_scenes_is_placed() -> None:
    single = [scene for scene in scenes() if len(scene.objects) == 1]
    share = np.mean([is_placed(scene) for scene in single])
    assert 0.24 < share < 0.36
    assert not any(is_placed(scene_of(CONCEPTS, SMALL, SMALL.buckets[0], i)) for i in range(100))


@pytest.mark.parametrize("bucket", LARGE.buckets, ids=lambda bucket: bucket.aspect)
def test_things_stand_where_and_as_large_as_they_are_said_to(bucket: object) -> None:
    sizes: dict[bool, list[float]] = {True: [], False: []}
    for index in range(600):
        scene = scene_of(CONCEPTS, LARGE, bucket, index)
        for placed in scene.objects:
            if placed.side == "left":
                assert placed.x < 0.45
            if placed.side == "right":
                assert placed.x > 0.55
        if len(scene.objects) == 1:
            half = placed.size / 2
            assert half <= placed.y <= 1 - half
            half *= scene.height / scene.width
            assert half - 0.06 <= placed.x <= 1.06 - half
            sizes[scene.objects[0].small].append(scene.objects[0].size)
    assert max(sizes[True]) < min(sizes[False])


def first(scenes: list[Scene], **wanted: object) -> Scene:
    for scene in scenes:
        placed = scene.objects[0]
        if len(scene.objects) == 1 and all(getattr(placed, k) == v for k, v in wanted.items()):
            return scene
    raise AssertionError(wanted)


@pytest.mark.parametrize("shape", ["plain", "diary"])
def test_captions_tell_size_and_side(shape: str) -> None:
    told = [scene for scene in scenes() if is_placed(scene)]
    assert told
    for scene in told:
        for language in LANGUAGES:
            rng = np.random.default_rng(scene.seed)
            caption = write_caption(scene, language, rng, shape=shape, complete=True)
            for placed in scene.objects:
                names = placed.concept.names[language]
                sizes = placements()["small"][language]
                small = any(f"{size} {name}" in caption for size in sizes for name in names)
                assert small == placed.small, caption
                for side in SIDES:
                    expected = any(other.side == side for other in scene.objects)
                    said = any(word in caption for word in placements()["side"][language][side])
                    assert said == expected, caption


def test_captions_read_well() -> None:
    scene = first(scenes(2_000), small=True, side="left")
    cat = dataclasses.replace(scene.objects[0], concept=CONCEPTS[0])
    dog = dataclasses.replace(cat, concept=CONCEPTS[1], small=False, side="right")
    alone = dataclasses.replace(scene, objects=(cat,), place="beach", weather="sunny")
    pair = dataclasses.replace(
        alone, objects=(dataclasses.replace(cat, small=False), dog), style="flat"
    )
    written = {
        write_caption(shown, language, np.random.default_rng(seed), complete=True)
        for seed in range(400)
        for language in LANGUAGES
        for shown in (alone, pair)
    }
    parts = (
        "a small cat on the left at the beach",
        "왼쪽에 있는 작은 고양이",
        "바다 왼쪽에 있는",
        "에 갔는데 왼쪽에 작은 고양이가 있었다.",
        "a cat on the left and a dog on the right",
        "왼쪽에 있는 고양이와 오른쪽에 있는 강아지를",
        "오른쪽에 강아지가, 왼쪽에 고양이가 있었다.",
    )
    for part in parts:
        assert any(part in caption for caption in written), part


def test_articles_and_plurals_of_what_is_not_counted() -> None:
    by_name = {concept.names["en"][0]: concept for concept in CONCEPTS}
    scene = next(s for s in scenes() if len(s.objects) == 1 and not is_placed(s))

    def tell(name: str, times: int) -> str:
        placed = dataclasses.replace(scene.objects[0], concept=by_name[name])
        shown = dataclasses.replace(scene, objects=(placed,) * times, place="beach")
        return " ".join(write_caption(shown, "en", np.random.default_rng(s)) for s in range(30))

    assert "a bread" not in tell("bread", 1)
    assert "two loaves of bread" in tell("bread", 2)
    assert "two pairs of glasses" in tell("glasses", 2)
    assert "an hourglass" in tell("hourglass", 1)
    assert "a unicorn" in tell("unicorn", 1)
    assert "two bowls of rice" in tell("bowl of rice", 2)
    assert "two wolves" in tell("wolf", 2)


def test_both_drawings_of_a_concept_are_used_under_one_name() -> None:
    used = Counter(placed.drawing for scene in scenes() for placed in scene.objects)
    assert set(used) == {0, 1}
    assert 0.8 < used[0] / used[1] < 1.25
    scene = next(s for s in scenes() if len(s.objects) == 1 and s.style == "flat")
    looks = set()
    for drawing in (0, 1):
        placed = dataclasses.replace(scene.objects[0], drawing=drawing)
        small = dataclasses.replace(scene, objects=(placed,), width=64, height=64)
        looks.add(draw_scene(small).tobytes())
    assert len(looks) == 2


def test_twins_of_two_drawings_are_still_two_of_a_kind() -> None:
    twins = (s for s in scenes(4_000) if len(s.objects) == 2)
    mixed = (s for s in twins if s.objects[0].concept == s.objects[1].concept)
    scene = next(s for s in mixed if s.objects[0].drawing != s.objects[1].drawing)
    caption = write_caption(scene, "ko", np.random.default_rng(1))
    assert f" 두 {scene.objects[0].concept.counter}" in caption


def test_scenes_of_other_shares_differ_in_placements_only() -> None:
    without = dataclasses.replace(LARGE, placement_share=0.0)
    for index in range(200):
        placed, plain = (
            scene_of(CONCEPTS, recipe, LARGE.buckets[0], index) for recipe in (LARGE, without)
        )
        assert [p.concept for p in placed.objects] == [p.concept for p in plain.objects]
        assert [p.drawing for p in placed.objects] == [p.drawing for p in plain.objects]
        assert dataclasses.replace(placed, objects=()) == dataclasses.replace(plain, objects=())


def test_evaluation_asks_for_placements_that_were_told() -> None:
    unseen = unseen_scenes(CONCEPTS, LARGE, 60, kinds=1)
    asked = [scene for scene in unseen if is_placed(scene)]
    assert asked
    for scene in asked[:5]:
        own = scene.objects[0]
        for other in variations(scene, 3):
            assert (other.objects[0].small, other.objects[0].side) == (own.small, own.side)
        if own.small:
            assert any(w in prompt_of(scene, "en", "plain").text for w in ("small", "little"))
    for scene in islice(unseen_scenes(CONCEPTS, LARGE, 30, kinds=2), 30):
        assert is_held_out(*(placed.concept for placed in scene.objects))


def test_judge_is_as_large_as_the_recipe_says() -> None:
    judges = {r.name: Classifier(CONCEPTS, r.judge) for r in (SMALL, LARGE)}
    weights = {
        name: sum(parameter.numel() for parameter in judge.network.parameters())
        for name, judge in judges.items()
    }
    assert weights["large"] > 2 * weights["small"]
    side = LARGE.judge.side
    scores = judges["large"].score(np.zeros((2, side, side, 3), np.uint8))
    assert scores["object"].shape == (2, len(CONCEPTS))


def test_placements_sets_and_judge_run_from_training_to_report(tmp_path: Path) -> None:
    """The ways of `large` through every stage, at the size of `tiny`."""
    torch.set_num_threads(1)
    recipe = dataclasses.replace(
        TINY,
        concepts=LARGE.concepts,
        drawings=LARGE.drawings,
        placement_share=LARGE.placement_share,
        text=dataclasses.replace(TINY.text, tokens=LARGE.text.tokens),
        judge=dataclasses.replace(LARGE.judge, side=32, channels=(4, 8, 8), steps=3, batch=4),
    )
    train_pipeline(recipe, CONCEPTS, folder=tmp_path / "cache", out=tmp_path / "out")
    evaluation = evaluate(
        recipe,
        CONCEPTS,
        weights=tmp_path / "out",
        folder=tmp_path / "cache",
        scenes=4,
        pairs=4,
    )
    assert f"{len(CONCEPTS)} concepts" in write_report(evaluation)
