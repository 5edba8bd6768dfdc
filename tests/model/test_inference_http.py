import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image

from tests.model.running_server import Answer, RunningServer, largest_difference, until

# Batches of other sizes may sum in another order; what is left of that after rounding to 0..255.
TOLERANCE = 1
DRAW: dict[str, Any] = {"prompt": "a cat by the window", "seed": 7, "steps": 4}


@pytest.mark.parametrize(
    ("accept", "format_name"),
    [("image/png", "PNG"), ("image/webp", "WEBP"), ("*/*", "PNG")],
)
def test_a_picture_comes_in_the_accepted_format(
    server: RunningServer, accept: str, format_name: str
) -> None:
    answer = server.invoke(accept, **DRAW)
    image = Image.open(io.BytesIO(answer.body))
    assert (image.format, image.size, answer.status) == (format_name, (32, 32), 200)
    assert answer.headers["content-type"] == f"image/{format_name.lower()}"


def test_json_carries_every_image_with_its_seed(server: RunningServer) -> None:
    answer = server.invoke("application/json", **DRAW, num_images=3, aspect="4:3")
    described = answer.json()
    assert [image["seed"] for image in described["images"]] == [7, 8, 9]
    assert (described["width"], described["height"], described["steps"]) == (32, 24, 4)
    assert described["guidance_scale"] == 7.5


def test_several_images_are_the_pictures_of_their_seeds(server: RunningServer) -> None:
    images = server.invoke_images(**DRAW, num_images=3)
    for seed, image in zip((7, 8, 9), images, strict=True):
        alone = server.invoke(**DRAW | {"seed": seed}).image()
        assert largest_difference(image, alone) <= TOLERANCE


def test_a_seed_always_gives_the_same_picture_and_others_another(server: RunningServer) -> None:
    first, again = (server.invoke(**DRAW).body for _ in range(2))
    assert first == again
    assert server.invoke(**DRAW | {"seed": 8}).body != first
    assert server.invoke(**DRAW | {"prompt": "a dog"}).body != first
    assert server.invoke(**DRAW, negative_prompt="blurry").body != first


@pytest.mark.parametrize(
    "prompt", ["비 오는 날의 고양이", "👩‍👩‍👧 مرحبا e\u0301\u200f\u2028", "x" * 2000]
)
def test_any_text_is_drawn(server: RunningServer, prompt: str) -> None:
    assert server.invoke(**DRAW | {"prompt": prompt}).image().size == (32, 32)


REFUSED: list[tuple[int, str, dict[str, Any]]] = [
    (400, "malformed_json", {"body": b"{"}),
    (406, "not_acceptable", {"body": b"{}", "accept": "image/jpeg"}),
    (413, "too_large", {"body": b'{"prompt": "' + b"x" * 65_536 + b'"}'}),
    (413, "too_large", {"body": b" " * 3_000_000}),
    (415, "unsupported_media_type", {"body": b"{}", "content_type": "text/plain"}),
    (415, "unsupported_media_type", {"body": b"{}", "content_type": ""}),
    (422, "invalid_value", {"body": b'{"prompt": "\\u0000"}'}),
    (422, "invalid_value", {"body": b'{"prompt": "\\ud800"}'}),
    (422, "invalid_value", {"body": b'{"prompt": "two", "num_images": 2}'}),
]


@pytest.mark.parametrize(("status", "code", "request_"), REFUSED)
def test_bad_input_is_refused_with_a_typed_error(
    server: RunningServer, status: int, code: str, request_: dict[str, Any]
) -> None:
    answer = server.invoke_raw(**request_)
    assert (answer.status, answer.error_code) == (status, code)
    assert answer.headers["content-type"] == "application/json"
    assert server.ping() == 200


def test_a_content_type_may_name_its_character_set(server: RunningServer) -> None:
    body = json.dumps(DRAW).encode()
    answer = server.invoke_raw(body, content_type="Application/JSON; charset=utf-8")
    assert answer.status == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("POST", "/ping", 405, "method_not_allowed"),
        ("GET", "/invocations", 405, "method_not_allowed"),
    ],
)
def test_an_unknown_route_or_method_has_the_error_shape(
    server: RunningServer, method: str, path: str, status: int, code: str
) -> None:
    answer = server.request(method, path)
    assert (answer.status, answer.error_code) == (status, code)
    assert ("allow" in answer.headers) is (status == 405)


def test_a_burst_of_mixed_requests_is_answered_each_with_its_own_picture(
    server: RunningServer,
) -> None:
    sizes = [{"aspect": aspect} for aspect in ("1:1", "3:4", "4:3")]
    requests = [
        DRAW | size | {"seed": seed, "steps": steps}
        for size in sizes
        for seed in (1, 2)
        for steps in (2, 3)
    ] * 2
    with ThreadPoolExecutor(len(requests)) as clients:
        burst: list[Answer] = list(clients.map(lambda draw: server.invoke(**draw), requests))
    for draw, answer in zip(requests[:12], burst[:12], strict=True):
        alone = server.invoke(**draw).image()
        assert largest_difference(answer.image(), alone) <= TOLERANCE
    assert [answer.status for answer in burst] == [200] * len(requests)


def test_a_text_s_embedding_is_kept(server: RunningServer) -> None:
    texts = [f'model_texts_total{{kept="{kept}"}}' for kept in ("yes", "no")]
    before = [server.metric(name) for name in texts]
    for seed in range(3):
        server.invoke(
            **DRAW | {"prompt": "a new prompt", "seed": seed}, negative_prompt="a new one"
        )
    after = [server.metric(name) for name in texts]
    assert [new - old for old, new in zip(before, after, strict=True)] == [4, 2]


def test_metrics_count_what_was_drawn(server: RunningServer) -> None:
    names = ["model_images_total", "model_steps_total", "model_step_images_count"]
    before = [server.metric(name) for name in names]
    server.invoke("application/json", **DRAW, num_images=2)
    after = [server.metric(name) for name in names]
    assert [new - old for old, new in zip(before, after, strict=True)] == [2, 8, 4]
    assert server.metric("model_ready") == 1
    assert server.metric("model_waiting") == 0
    until(lambda: server.metric("model_active") == 0)


def test_logs_are_json_lines_that_never_tell_a_prompt(server: RunningServer) -> None:
    secret = "my secret garden "
    server.invoke(**DRAW | {"prompt": secret * 50}, negative_prompt=secret * 20)
    server.invoke(**DRAW | {"prompt": secret + "\x00"})
    server.invoke_raw(secret.encode())
    lines = [json.loads(line) for line in server.log().splitlines()]
    assert lines[-1]["event"] == "invocation"
    assert lines[-1]["status"] == 400
    assert "garden" not in server.log()
