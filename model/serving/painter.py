import inspect
import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from PIL.Image import Image

from model.serving import decoders, precision
from model.serving.compiled import Compiled, start
from model.serving.drawing import Drawing
from model.serving.errors import invalid
from model.serving.runtime import Runtime, can_run
from model.serving.settings import Settings

Slot = tuple[Drawing, int]  # one image of a batch: what to draw, and its seed
Picture = Image | None  # None where the pipeline's own safety checker withheld the image


class Painter:
    """A loaded diffusers pipeline. Making one takes long; only one thread may use it."""

    def __init__(self, settings: Settings) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        # Threads that spin while they wait make drawing ten times slower on a busy machine.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        # Imported here because it takes seconds, and the server has to answer meanwhile.
        import torch
        from diffusers import DiffusionPipeline
        from diffusers.utils import logging as diffusers_logging
        from transformers.utils import logging as transformers_logging

        for library in (diffusers_logging, transformers_logging):
            library.set_verbosity_error()  # a warning of theirs quotes prompts that were too long
            library.disable_progress_bar()
        if settings.threads:
            torch.set_num_threads(settings.threads)
        device = precision.choose_device(settings.device)
        dtype = getattr(torch, precision.choose_dtype(settings.dtype, device))
        replaced = decoders.chosen(settings, dtype)
        index = json.loads((settings.model_dir / "model_index.json").read_bytes())
        if settings.safety_checker == "off" and "safety_checker" in index:
            replaced |= {"safety_checker": None, "requires_safety_checker": False}
        pipeline = DiffusionPipeline.from_pretrained(
            settings.model_dir,
            dtype=dtype,
            variant=settings.variant or None,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            **replaced,
        )
        if settings.safety_checker == "required" and not getattr(pipeline, "safety_checker", None):
            raise ValueError("the settings demand a safety checker, and the model has none")
        if settings.scheduler:
            pipeline.scheduler = _scheduler(settings, pipeline.scheduler.config)
        pipeline.set_progress_bar_config(disable=True)
        for part in pipeline.components.values():
            if hasattr(part, "split_special_tokens"):
                part.split_special_tokens = True  # what people write is text, also "<|endoftext|>"
        self._torch = torch
        self._pipeline = precision.tune(pipeline.to(device))
        self._runtime: Runtime | None = None
        self._compiled: Compiled | None = None
        self._parameters = set(inspect.signature(pipeline.__call__).parameters)

    @property
    def pipeline(self) -> Any:
        return self._pipeline

    def accelerate(self, settings: Settings) -> None:
        """Draw faster from some later step on, if there is a way; returns at once."""
        if can_run(self._pipeline, settings):
            self._runtime = Runtime(self._pipeline, settings)
        else:
            self._compiled = start(self._pipeline, settings)

    def take_over(self) -> None:
        """Between two steps, in the thread that draws: use what has become ready."""
        if self._runtime:
            self._runtime.begin()

    def paint(self, slots: Sequence[Slot], on_step: Callable[[], None]) -> list[Picture]:
        """Draw slots of one batch key by the pipeline's own call.

        What `on_step` raises between two steps ends the drawing.

        Every image has its own random numbers, made on the CPU, so that its seed gives the same
        picture alone and in any batch, from the same noise on any device.
        """
        self.take_over()
        first = slots[0][0]
        arguments: dict[str, Any] = {
            "prompt": [drawing.prompt for drawing, _ in slots],
            "width": first.width,
            "height": first.height,
            "num_inference_steps": first.steps,
            "guidance_scale": first.guidance_scale,
            "generator": [self._torch.Generator("cpu").manual_seed(seed) for _, seed in slots],
        }
        if first.negative_prompt is not None:
            if "negative_prompt" not in self._parameters:
                raise invalid("This model takes no negative_prompt.")
            arguments["negative_prompt"] = [drawing.negative_prompt for drawing, _ in slots]
        if "callback_on_step_end" in self._parameters:
            arguments["callback_on_step_end"] = _after_step(on_step)
        output = self._pipeline(**arguments)
        withheld = getattr(output, "nsfw_content_detected", None) or [False] * len(slots)
        return [
            None if hidden else image for image, hidden in zip(output.images, withheld, strict=True)
        ]


def _scheduler(settings: Settings, config: Any) -> Any:
    """Another scheduler for the noise that the model was trained on."""
    import diffusers

    kind: Any = getattr(diffusers, settings.scheduler, None)
    known = isinstance(kind, type) and issubclass(kind, diffusers.SchedulerMixin)
    if not known:
        raise ValueError(f"diffusers has no scheduler {settings.scheduler!r}")
    return kind.from_config(config, **settings.scheduler_config)


def _after_step(on_step: Callable[[], None]) -> Callable[..., dict[str, Any]]:
    def callback(_pipe: Any, _step: int, _timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        on_step()
        return tensors

    return callback
