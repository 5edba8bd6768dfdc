import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

SIDE_MULTIPLE = 8  # what diffusers' pipelines insist on
MIN_SIDE = 16
MAX_GUIDANCE_SCALE = 30
MAX_PORT = 65535
# As the folder has it, refusing a folder without, and not loaded at all.
SAFETY_CHECKER = ("auto", "required", "off")
RUNTIMES = ("auto", "torch", "openvino", "compiled")
DECODERS = ("vae", "tiny")
BUNDLED_WEIGHTS = Path(__file__).resolve().parents[1] / "weights"
MOUNTED_WEIGHTS = Path("/opt/ml/model")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to draw and serve, the same for the whole life of the process.

    A field with a default is read from MODEL_<FIELD> in the environment, else from deepstory.json
    beside the weights. `trust_compiled` is read from the environment alone: a folder of weights
    cannot vouch for itself.
    """

    model_dir: Path
    host: str
    port: int
    sizes: dict[str, tuple[int, int]]
    max_side: int
    trust_compiled: bool = field(default_factory=bool)
    scheduler_config: dict[str, Any] = field(default_factory=dict)
    scheduler: str = ""
    safety_checker: str = "auto"
    device: str = "auto"
    dtype: str = "auto"
    variant: str = ""
    threads: int = 0
    runtime: str = "auto"
    decoder: str = "vae"
    cache_dir: str = "~/.cache/deepstory-model"
    default_steps: int = 30
    max_steps: int = 100
    default_guidance_scale: float = 7.5
    guidance_until: float = 1.0
    max_batch: int = 4
    max_overtaking_ms: float = 1000.0
    batch_window_ms: float = 10.0
    queue_size: int = 32
    drain_seconds: float = 25.0

    def __post_init__(self) -> None:
        if not 1 <= self.default_steps <= self.max_steps:
            raise ValueError("default_steps must be from 1 to max_steps")
        if min(self.max_batch, self.queue_size) < 1:
            raise ValueError("max_batch and queue_size must be at least 1")
        if not 0 <= self.default_guidance_scale <= MAX_GUIDANCE_SCALE:
            raise ValueError(f"default_guidance_scale must be from 0 to {MAX_GUIDANCE_SCALE}")
        if not 0 < self.guidance_until <= 1:
            raise ValueError("guidance_until must be above 0 and at most 1")
        times = self.batch_window_ms, self.max_overtaking_ms, self.drain_seconds
        if not all(0 <= time < math.inf for time in times) or self.threads < 0:
            raise ValueError(
                "batch_window_ms, max_overtaking_ms, drain_seconds and threads must not be negative"
            )
        if not 0 <= self.port <= MAX_PORT:
            raise ValueError(f"SAGEMAKER_BIND_TO_PORT must be from 0 to {MAX_PORT}")
        if self.safety_checker not in SAFETY_CHECKER:
            raise ValueError(f"safety_checker must be one of {', '.join(SAFETY_CHECKER)}")
        if self.runtime not in RUNTIMES:
            raise ValueError(f"runtime must be one of {', '.join(RUNTIMES)}")
        if self.decoder not in DECODERS:
            raise ValueError(f"decoder must be one of {', '.join(DECODERS)}")
        self._check_sizes()

    def _check_sizes(self) -> None:
        sides = [side for size in self.sizes.values() for side in size]
        if not sides or any(side % SIDE_MULTIPLE or side < MIN_SIDE for side in sides):
            raise ValueError(f"sizes must be multiples of {SIDE_MULTIPLE}, at least {MIN_SIDE}")
        if self.max_side < MIN_SIDE:
            raise ValueError(f"max_side must be at least {MIN_SIDE}")


def read_settings(env: Mapping[str, str]) -> Settings:
    mounted = (MOUNTED_WEIGHTS / "model_index.json").is_file()
    folder = Path(env.get("MODEL_DIR") or (MOUNTED_WEIGHTS if mounted else BUNDLED_WEIGHTS))
    if not (folder / "model_index.json").is_file():
        raise ValueError(f"{folder} holds no model_index.json")
    described = _read_object(folder / "deepstory.json")
    sizes = _sizes(described) or _native_sizes(folder)
    largest = max((side for size in sizes.values() for side in size), default=0)
    return Settings(
        model_dir=folder,
        host=env.get("MODEL_BIND_HOST") or "0.0.0.0",  # noqa: S104 - the container's contract
        port=_convert(int, "SAGEMAKER_BIND_TO_PORT", env.get("SAGEMAKER_BIND_TO_PORT") or 8080),
        sizes=sizes,
        max_side=_convert(
            int, "max_side", env.get("MODEL_MAX_SIDE") or described.get("max_side", largest)
        ),
        trust_compiled=_yes("MODEL_TRUST_COMPILED", env),
        scheduler_config=_convert(dict, "scheduler_config", described.get("scheduler_config", {})),
        **{
            one.name: _convert(
                type(one.default),
                one.name,
                env.get(f"MODEL_{one.name.upper()}") or described.get(one.name, one.default),
            )
            for one in fields(Settings)
            if one.default is not MISSING
        },
    )


def _convert(kind: type, name: str, value: object) -> Any:
    try:
        converted = kind(value)
        # A number in the file is never rounded, nor is null or a list a text.
        if isinstance(value, str) or converted == value:
            return converted
    except (OverflowError, TypeError, ValueError):
        pass
    raise ValueError(f"setting {name} must be of type {kind.__name__}")


def _yes(name: str, env: Mapping[str, str]) -> bool:
    answer = env.get(name) or "no"
    if answer not in ("yes", "no"):
        raise ValueError(f"{name} must be yes or no")
    return answer == "yes"


def _read_object(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        return dict(json.loads(file.read_text("utf-8")))
    except (TypeError, ValueError):
        raise ValueError(f"{file} holds no JSON object") from None


def _sizes(described: dict[str, Any]) -> dict[str, tuple[int, int]]:
    try:
        return {
            aspect: (_convert(int, "sizes", width), _convert(int, "sizes", height))
            for aspect, (width, height) in described.get("sizes", {}).items()
        }
    except (AttributeError, TypeError, ValueError):
        raise ValueError("sizes must map an aspect to [width, height]") from None


def _native_sizes(folder: Path) -> dict[str, tuple[int, int]]:
    """The sizes a pipeline was made for, when no deepstory.json tells them."""
    unet = _read_object(folder / "unet" / "config.json")
    vae = _read_object(folder / "vae" / "config.json")
    scale = 2 ** (len(vae.get("block_out_channels", ())) - 1) if vae else 8
    side = _convert(int, "sample_size", unet.get("sample_size", 64)) * scale
    short, long = (
        round(side * part / SIDE_MULTIPLE) * SIDE_MULTIPLE for part in (27 / 32, 36 / 32)
    )
    return {"1:1": (side, side), "3:4": (short, long), "4:3": (long, short)}
