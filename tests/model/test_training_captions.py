import dataclasses

import numpy as np
import pytest

from model.training import captions
from model.training.captions import (
    LANGUAGES,
    SHAPES,
    Language,
    Shape,
    words,
    write_caption,
)
from model.training.naming import plural, with_particle
from model.training.scenes import PLACES, STYLES, WEATHERS, Scene, sample_scene
from model.training.tokenizer import WORD_START, build_tokenizer
from tests.model.training_materials import plain_concepts

CONCEPTS = plain_concepts()
TOKENIZER = build_tokenizer(CONCEPTS, 64)
# Names that are also everyday words or parts of other names, told apart only by context.
SHARED = {"birthday", "생일", "개", "공", "차", "배", "ice", "cream", "soccer", "present"}


def scenes(count: int = 300) -> list[Scene]:
    return [
        sample_scene(CONCEPTS, width=64, height=64, seed=5, index=index) for index in range(count)
    ]


def pieces(text: str) -> set[str]:
    tokens = TOKENIZER.convert_ids_to_tokens(TOKENIZER(text).input_ids)
    return {token.removeprefix(WORD_START) for token in tokens}


@pytest.mark.parametrize("language", LANGUAGES)
def test_caption_names_every_object_and_no_other(
    language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captions, "_gibberish", lambda *_: "")
    for scene in scenes():
        caption = write_caption(scene, language, np.random.default_rng(scene.seed))
        shown = [placed.concept for placed in scene.objects]
        for concept in shown:
            names = concept.names[language]
            assert any(name in caption or plural(name) in caption for name in names), caption
        own = {part for c in shown for name in c.names[language] for part in name.split()}
        foreign = (
            {name for c in CONCEPTS if c not in shown for name in c.names[language]} - own - SHARED
        )
        assert not pieces(caption) & foreign, caption


@pytest.mark.parametrize("language", LANGUAGES)
def test_fillers_and_shapes_name_no_concept(language: Language) -> None:
    names = {name for concept in CONCEPTS for name in concept.names[language]}
    sentences = words()["filler"][language] + words()["diary"][language]
    for sentence in sentences:
        assert not pieces(sentence) & names, sentence


def test_same_generator_state_writes_the_same_caption() -> None:
    scene = scenes(1)[0]
    first, second = (write_caption(scene, "ko", np.random.default_rng(9)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_weather_and_style_has_words(language: Language) -> None:
    assert set(words()["place"][language]) == set(PLACES)
    assert set(words()["weather_phrase"][language]) == set(WEATHERS)
    assert set(words()["weather_sentence"][language]) == set(WEATHERS)
    assert set(words()["style"][language]) == set(STYLES)


@pytest.mark.parametrize(
    ("word", "particle", "joined"),
    [
        ("고양이", "을", "고양이를"),
        ("곰", "을", "곰을"),
        ("풍선", "와", "풍선과"),
        ("나비", "이", "나비가"),
        ("cat", "을", "cat를"),
    ],
)
def test_particle_follows_the_last_sound(word: str, particle: str, joined: str) -> None:
    assert with_particle(word, particle) == joined


@pytest.mark.parametrize("language", LANGUAGES)
def test_captions_are_tidy_and_mostly_fit_the_text_encoder(language: Language) -> None:
    written = [write_caption(s, language, np.random.default_rng(s.seed)) for s in scenes()]
    lengths = [len(TOKENIZER(caption).input_ids) for caption in written]
    assert np.mean([length <= 64 for length in lengths]) > 0.99
    for caption in written:
        assert "{" not in caption
        assert "  " not in caption
        assert " ," not in caption
        assert caption == caption.strip(" ,")


def twins(number: int = 0) -> Scene:
    """Two of the first concept, the cat."""
    scene = scenes(1)[0]
    placed = dataclasses.replace(scene.objects[0], concept=CONCEPTS[number])
    return dataclasses.replace(scene, objects=(placed, placed))


def test_two_of_a_kind_are_counted() -> None:
    for seed in range(40):
        english, korean = (
            write_caption(twins(), language, np.random.default_rng(seed)) for language in LANGUAGES
        )
        assert "two cats" in english or "two kittens" in english
        assert "고양이 두 마리" in korean


def test_particle_follows_the_counter() -> None:
    written = [
        write_caption(twins(), "ko", np.random.default_rng(seed), shape="diary")
        for seed in range(80)
    ]
    assert any("고양이 두 마리를" in caption for caption in written)
    assert not any("고양이를" in caption for caption in written)


@pytest.mark.parametrize(
    ("name", "many"),
    [
        ("cat", "cats"),
        ("butterfly", "butterflies"),
        ("boy", "boys"),
        ("bus", "buses"),
        ("toothbrush", "toothbrushes"),
        ("fox", "foxes"),
        ("fish", "fish"),
        ("bunch of grapes", "bunches of grapes"),
        ("birthday cake", "birthday cakes"),
    ],
)
def test_plural(name: str, many: str) -> None:
    assert plural(name) == many


@pytest.mark.parametrize("language", LANGUAGES)
def test_style_is_joined_as_the_service_joins_it(language: Language) -> None:
    for scene in scenes():
        caption = write_caption(scene, language, np.random.default_rng(scene.seed), complete=True)
        style = words()["style"][language][scene.style]
        before = caption.removesuffix(style)
        assert before != caption
        assert before.endswith((". ", "! ", ", "))
        assert not before.endswith(("., ", "!, "))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", SHAPES)
def test_complete_caption_names_place_and_weather(language: Language, shape: Shape) -> None:
    key = "weather_phrase" if shape == "plain" else "weather_sentence"
    for scene in scenes():
        rng = np.random.default_rng(scene.seed)
        caption = write_caption(scene, language, rng, shape=shape, complete=True)
        assert any(name in caption for name in words()["place"][language][scene.place])
        assert any(name in caption for name in words()[key][language][scene.weather])


def test_chosen_shape_is_one_that_the_lot_might_have_chosen() -> None:
    for scene in scenes(100):
        by_lot, plain, diary = (
            write_caption(scene, "en", np.random.default_rng(scene.seed), shape=shape)
            for shape in (None, *SHAPES)
        )
        assert plain != diary
        assert by_lot in (plain, diary)
