import json
import re
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Any, NoReturn

from model.serving.errors import RequestError, invalid
from model.serving.settings import MAX_GUIDANCE_SCALE, MIN_SIDE, SIDE_MULTIPLE, Settings

MAX_PROMPT_CHARACTERS = 2000
MAX_SEED = 2**32 - 1
PARAMETERS = {
    "prompt",
    "negative_prompt",
    "seed",
    "num_images",
    "aspect",
    "width",
    "height",
    "steps",
    "guidance_scale",
}
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Characters of which nobody sees anything when they stand alone.
INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"}
FILLERS = set("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols that look like a space
PNG, WEBP, JSON, EVENTS = "image/png", "image/webp", "application/json", "text/event-stream"
ACCEPTED = {each: each for each in (PNG, WEBP, JSON, EVENTS)} | {
    "image/*": PNG,
    "application/*": JSON,
    "*/*": PNG,
}


@dataclass(frozen=True)
class Drawing:
    """One valid request: an image for every seed."""

    prompt: str
    negative_prompt: str | None
    seeds: tuple[int, ...]
    width: int
    height: int
    steps: int
    guidance_scale: float

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def call_key(self) -> tuple[object, ...]:
        """Drawings of equal keys can share a pipeline's call without changing each other."""
        # To some pipelines no negative prompt is something else than an empty one.
        plain = self.negative_prompt is None
        return *self.size, self.steps, self.guidance_scale, plain


def parse_drawing(body: bytes, settings: Settings) -> Drawing:
    data = _parse_object(body)
    if unknown := sorted(data.keys() - PARAMETERS):
        raise invalid(f"Unknown parameter {ascii(unknown[0])[:40]}.")
    prompt = _text(data, "prompt")
    if prompt is None or not _shows(prompt):
        raise invalid("prompt is required.")
    seed = _integer(data, "seed", secrets.randbelow(MAX_SEED + 1), 0, MAX_SEED)
    images = _integer(data, "num_images", 1, 1, settings.max_batch)
    width, height = _size(data, settings)
    return Drawing(
        prompt=prompt,
        negative_prompt=_text(data, "negative_prompt"),
        seeds=tuple((seed + index) % (MAX_SEED + 1) for index in range(images)),
        width=width,
        height=height,
        steps=_integer(data, "steps", settings.default_steps, 1, settings.max_steps),
        guidance_scale=_guidance_scale(data, settings),
    )


def choose_media_type(accept: str) -> str:
    """The best answer by HTTP's rules for Accept; PNG when the client does not care."""
    choices = []
    for item in (accept.strip() or "*/*").lower().split(","):
        name, _, parameters = item.partition(";")
        weight = re.search(r"(?:^|;)\s*q=([01](?:\.\d{0,3})?)\s*(?:$|;)", parameters)
        choices.append((float(weight[1]) if weight else 1.0, ACCEPTED.get(name.strip())))
    best, media_type = max(choices, key=lambda choice: choice[0] if choice[1] else 0)
    if not media_type or not best:
        raise RequestError(406, "not_acceptable", f"Answers are {PNG}, {WEBP}, {JSON} or {EVENTS}.")
    return media_type


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _parse_object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise RequestError(400, "malformed_json", "The body must be a JSON object in UTF-8.")
    return data


def _text(data: dict[str, Any], name: str) -> str | None:
    if name not in data:
        return None
    value = data[name]
    if not isinstance(value, str) or NOT_TEXT.search(value):
        raise invalid(f"{name} must be text without control characters.")
    if len(value) > MAX_PROMPT_CHARACTERS:
        raise invalid(f"{name} must have at most {MAX_PROMPT_CHARACTERS} characters.")
    return value


def _shows(text: str) -> bool:
    """Whether a person would see anything of it."""
    return any(unicodedata.category(each) not in INVISIBLE for each in set(text) - FILLERS)


def _integer(data: dict[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = data.get(name, default)
    if type(value) is not int or not low <= value <= high:
        raise invalid(f"{name} must be an integer from {low} to {high}.")
    return value


def _guidance_scale(data: dict[str, Any], settings: Settings) -> float:
    value = data.get("guidance_scale", settings.default_guidance_scale)
    if type(value) not in (int, float) or not 0 <= value <= MAX_GUIDANCE_SCALE:
        raise invalid(f"guidance_scale must be a number from 0 to {MAX_GUIDANCE_SCALE}.")
    return float(value)


def _size(data: dict[str, Any], settings: Settings) -> tuple[int, int]:
    given = data.keys() & {"aspect", "width", "height"}
    if given == {"width", "height"}:
        return _side(data, "width", settings), _side(data, "height", settings)
    if given - {"aspect"}:
        raise invalid("Give either aspect or both width and height.")
    aspect = data.get("aspect", next(iter(settings.sizes)))
    if not isinstance(aspect, str) or aspect not in settings.sizes:
        raise invalid(f"aspect must be one of {', '.join(settings.sizes)}.")
    return settings.sizes[aspect]


def _side(data: dict[str, Any], name: str, settings: Settings) -> int:
    side = _integer(data, name, 0, MIN_SIDE, settings.max_side)
    if side % SIDE_MULTIPLE:
        raise invalid(f"{name} must be a multiple of {SIDE_MULTIPLE}.")
    return side
