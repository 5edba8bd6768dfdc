import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from model.serving.drawing import Drawing, choose_media_type, parse_drawing
from model.serving.errors import RequestError
from model.serving.settings import Settings

SETTINGS = Settings(
    model_dir=Path(),
    host="127.0.0.1",
    port=0,
    sizes={"1:1": (64, 64), "3:4": (48, 64)},
    max_side=64,
    default_steps=20,
    default_guidance_scale=5.0,
)


def parse(**parameters: Any) -> Drawing:
    return parse_drawing(json.dumps(parameters).encode(), SETTINGS)


def test_a_prompt_alone_takes_every_default() -> None:
    drawing = parse(prompt="고양이, 수채화 🐈")
    assert replace(drawing, seeds=()) == Drawing(
        "고양이, 수채화 🐈", None, (), width=64, height=64, steps=20, guidance_scale=5.0
    )
    assert len(drawing.seeds) == 1


def test_without_a_seed_every_drawing_has_another() -> None:
    assert parse(prompt="a cat").seeds != parse(prompt="a cat").seeds


def test_all_parameters_are_read() -> None:
    drawing = parse(
        prompt="a cat",
        negative_prompt="",
        seed=2**32 - 1,
        num_images=2,
        width=16,
        height=64,
        steps=100,
        guidance_scale=0,
    )
    assert drawing == Drawing("a cat", "", (2**32 - 1, 0), 16, 64, 100, 0.0)


@pytest.mark.parametrize("prompt", ["?", "ㅋ", "🫨", "\U0010fffd", "\u200b고\u3164", "e\u0301"])
def test_anything_that_shows_is_a_prompt(prompt: str) -> None:
    assert parse(prompt=prompt).prompt == prompt


def test_an_aspect_chooses_its_size() -> None:
    drawing = parse(prompt="a cat", aspect="3:4")
    assert (drawing.width, drawing.height) == (48, 64)


BAD_VALUES: list[dict[str, Any]] = [
    {},
    {"prompt": None},
    {"prompt": ""},
    {"prompt": " \n\t "},
    {"prompt": 7},
    {"prompt": ["a cat"]},
    {"prompt": "nul \x00 inside"},
    {"prompt": "escape \x1b[2J"},
    {"prompt": "terminal \x9b2J"},
    {"prompt": "next line \x85"},
    {"prompt": "lone surrogate \ud800"},
    {"prompt": "\u200b\ufeff\u202e\u00ad"},
    {"prompt": "\u3164\u2800\uffa0"},
    {"prompt": "\u0301\ufe0f"},
    {"prompt": "x" * 2001},
    {"negative_prompt": None},
    {"negative_prompt": {"a": 1}},
    {"negative_prompt": "\udfff"},
    {"negative_prompt": "x" * 2001},
    {"seed": -1},
    {"seed": 2**32},
    {"seed": 1.0},
    {"seed": True},
    {"seed": "1"},
    {"seed": None},
    {"num_images": 0},
    {"num_images": 5},
    {"aspect": "2:1"},
    {"aspect": ["1:1"]},
    {"aspect": None},
    {"aspect": "1:1", "width": 64, "height": 64},
    {"width": 64},
    {"height": 64},
    {"width": 60, "height": 64},
    {"width": 8, "height": 64},
    {"width": 64, "height": 72},
    {"width": 64.0, "height": 64},
    {"steps": 0},
    {"steps": 101},
    {"steps": False},
    {"guidance_scale": -0.1},
    {"guidance_scale": 30.1},
    {"guidance_scale": 10**400},
    {"guidance_scale": True},
    {"guidance_scale": "7"},
    {"scheduler": "euler"},
    {"\ud800": 1},
]


@pytest.mark.parametrize("parameters", BAD_VALUES, ids=ascii)
def test_a_bad_value_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(RequestError) as refused:
        parse(**({"prompt": "a cat"} | parameters if parameters else {}))
    assert (refused.value.status, refused.value.code) == (422, "invalid_value")
    assert len(refused.value.message) < 100


MALFORMED = [
    b"",
    b"null",
    b"[]",
    b'"prompt"',
    b"{",
    b"{'prompt': 'a cat'}",
    b'{"prompt": "a cat"} x',
    b'{"prompt": "raw nul \x00"}',
    b'{"prompt": "\xff\xfe"}',
    b'\xef\xbb\xbf{"prompt": "a cat"}',
    '{"prompt": "a cat"}'.encode("utf-16"),
    b'{"prompt": "a cat", "guidance_scale": NaN}',
    b'{"prompt": "a cat", "guidance_scale": -Infinity}',
    b'{"prompt": "a cat", "seed": ' + b"9" * 5000 + b"}",
    b"[" * 60_000,
    b'{"a":' * 10_000,
]


@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: ascii(body[:24]))
def test_a_malformed_body_is_refused(body: bytes) -> None:
    with pytest.raises(RequestError) as refused:
        parse_drawing(body, SETTINGS)
    assert (refused.value.status, refused.value.code) == (400, "malformed_json")


def test_a_number_beyond_floating_point_is_refused() -> None:
    with pytest.raises(RequestError) as refused:
        parse_drawing(b'{"prompt": "a cat", "guidance_scale": 1e999}', SETTINGS)
    assert refused.value.status == 422


@pytest.mark.parametrize(
    ("one", "other", "compatible"),
    [
        ({"seed": 1}, {"seed": 2, "prompt": "a dog"}, True),
        ({"negative_prompt": "x"}, {"negative_prompt": "y"}, True),
        ({"negative_prompt": ""}, {}, False),
        ({"steps": 4}, {"steps": 5}, False),
        ({"guidance_scale": 4}, {"guidance_scale": 5}, False),
        ({"aspect": "3:4"}, {"aspect": "1:1"}, False),
        ({"aspect": "3:4"}, {"width": 48, "height": 64}, True),
    ],
)
def test_only_what_changes_the_computation_separates_calls(
    one: dict[str, Any], other: dict[str, Any], compatible: bool
) -> None:
    keys = [parse(**({"prompt": "a cat"} | chosen)).call_key for chosen in (one, other)]
    assert (keys[0] == keys[1]) is compatible


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "image/png"),
        ("*/*", "image/png"),
        ("image/*", "image/png"),
        ("application/*", "application/json"),
        ("IMAGE/WEBP", "image/webp"),
        ("application/json", "application/json"),
        ("text/html, image/webp", "image/webp"),
        ("image/png;q=0.5, image/webp;q=0.9", "image/webp"),
        ("image/png; q=0.5, application/json", "application/json"),
        ("image/webp, image/png", "image/webp"),
    ],
)
def test_the_preferred_media_type_is_chosen(accept: str, chosen: str) -> None:
    assert choose_media_type(accept) == chosen


@pytest.mark.parametrize("accept", ["image/jpeg", "text/html", "image/png;q=0", "nonsense", ","])
def test_an_unknown_media_type_is_not_acceptable(accept: str) -> None:
    with pytest.raises(RequestError) as refused:
        choose_media_type(accept)
    assert (refused.value.status, refused.value.code) == (406, "not_acceptable")
