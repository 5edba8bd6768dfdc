"""What the model is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deepstory.errors import UnavailableError
from deepstory.pictures.entities import Style
from deepstory.pictures.prompts import (
    PROMPT_CHARACTERS,
    BundledPromptWriter,
    TranslatingPromptWriter,
    has_hangul,
)
from deepstory.pictures.translation import AmazonTranslation
from support.aws import Clients

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("language", "thing"), [("en", "a cat"), ("ko", "고양이")])
def test_phrases_are_those_that_the_bundled_model_was_trained_with(
    language: str, thing: str
) -> None:
    trained = json.loads((ROOT / "model/training/words.json").read_text("utf-8"))["style"]
    known = json.loads((ROOT / "model/weights/deepstory.json").read_text("utf-8"))["styles"]
    for style in known:
        written = BundledPromptWriter().write(thing, style)
        assert written == f"{thing}, {trained[language][style]}"


@pytest.mark.parametrize(
    ("prompt", "style", "expected"),
    [
        ("a cat", "none", "a cat"),
        ("고양이", "none", "고양이"),
        ("a cat", "crayon", "a cat, crayon drawing"),
        ("a cat", "watercolor", "a cat, watercolor painting"),
        ("a cat", "photo", "a cat, photograph"),
        ("고양이", "pencil", "고양이, 연필 그림"),
        ("고양이와 a dog", "ink", "고양이와 a dog, 먹 그림"),
        ("猫", "flat", "猫, flat illustration"),
        ("바다에 갔다.", "watercolor", "바다에 갔다. 수채화"),
        ("바다에 갔다. \n", "watercolor", "바다에 갔다. 수채화"),
        ("a cat ", "ink", "a cat, ink drawing"),
        ("what a day!", "ink", "what a day! ink drawing"),
        ("a cat?", "ink", "a cat? ink drawing"),
        ("바다…", "ink", "바다… 먹 그림"),
        ("海。", "ink", "海。 ink drawing"),
        ("a cat. ", "none", "a cat. "),
    ],
)
def test_phrase_of_the_style_is_in_the_language_of_the_prompt(
    prompt: str, style: Style, expected: str
) -> None:
    assert BundledPromptWriter().write(prompt, style) == expected


def test_written_prompt_is_never_too_long_to_be_sent_back() -> None:
    written = BundledPromptWriter().write("가" * PROMPT_CHARACTERS, "flat")

    assert len(written) == PROMPT_CHARACTERS
    assert written.endswith("가, 플랫 일러스트")
    sentence = BundledPromptWriter().write("가." * PROMPT_CHARACTERS, "flat")
    assert len(sentence) <= PROMPT_CHARACTERS
    assert sentence.endswith(("가, 플랫 일러스트", ". 플랫 일러스트"))


def test_korean_is_translated_for_a_model_that_reads_english_only() -> None:
    writer = TranslatingPromptWriter({"바다": "the sea"}.__getitem__)

    assert writer.write("바다", "crayon") == "the sea, crayon drawing"
    assert writer.write("a cat", "crayon") == "a cat, crayon drawing"


def test_amazon_translate_is_asked_for_english(clients: Clients) -> None:
    clients.stub("translate").add_response(
        "translate_text",
        {
            "TranslatedText": "the sea",
            "SourceLanguageCode": "ko",
            "TargetLanguageCode": "en",
        },
        {"Text": "바다", "SourceLanguageCode": "ko", "TargetLanguageCode": "en"},
    )

    assert AmazonTranslation(clients.client("translate"))("바다") == "the sea"


def test_translation_out_of_reach_is_an_unavailable_service(clients: Clients) -> None:
    clients.stub("translate").add_client_error("translate_text", "TooManyRequestsException")

    with pytest.raises(UnavailableError):
        AmazonTranslation(clients.client("translate"))("바다")


@pytest.mark.parametrize("text", ["ㄱ", "ᄒ", "힣", "a 가"])
def test_every_kind_of_hangul_is_seen(text: str) -> None:
    assert has_hangul(text)
