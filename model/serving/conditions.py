from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from model.serving import metrics
from model.serving.streams import Streams

# On the device: some 500 texts of Stable Diffusion 1.5, or 200 of SDXL.
KEPT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Condition:
    """A text as the UNet reads it, with one row in each tensor."""

    words: Any
    pooled: Any = None

    @property
    def tensors(self) -> list[Any]:
        return [tensor for tensor in (self.words, self.pooled) if tensor is not None]

    @property
    def size(self) -> int:
        return sum(tensor.element_size() * tensor.numel() for tensor in self.tensors)


class Conditions:
    """Texts' conditions by the pipeline's own `encode_prompt`; those used last are kept.

    Both classes of pipelines encode a negative prompt as they do a prompt, so a text has one
    condition whatever it is used for.
    """

    def __init__(self, pipeline: Any, streams: Streams) -> None:
        self._pipeline = pipeline
        self._streams = streams
        self._kept: OrderedDict[str, Condition] = OrderedDict()
        self._size = 0
        self._zeros: Condition | None = None

    def prepare(self, texts: Iterable[str]) -> None:
        """Encode what is missing of the texts, in one call."""
        wanted = set(texts)
        missing = sorted(wanted - self._kept.keys())
        metrics.TEXTS.labels(kept="yes").inc(len(wanted) - len(missing))
        metrics.TEXTS.labels(kept="no").inc(len(missing))
        if missing:
            for text, condition in zip(missing, self._encode(missing), strict=True):
                self._keep(text, condition)

    def of(self, text: str) -> Condition:
        if text in self._kept:
            self._kept.move_to_end(text)
        else:
            self._keep(text, *self._encode([text]))
        return self._kept[text]

    def nothing(self, like: Condition) -> Condition | None:
        """What SDXL takes for no negative prompt at all, if that is not the empty text."""
        if like.pooled is None or not self._pipeline.config.force_zeros_for_empty_prompt:
            return None
        if self._zeros is None:
            import torch

            self._zeros = Condition(torch.zeros_like(like.words), torch.zeros_like(like.pooled))
        return self._zeros

    def _encode(self, texts: list[str]) -> list[Condition]:
        with self._streams.aside():
            encoded = self._pipeline.encode_prompt(
                prompt=texts,
                device=self._pipeline.device,
                num_images_per_prompt=1,
                do_classifier_free_guidance=False,
            )
            words, pooled = encoded[0], (encoded[2] if len(encoded) > 2 else None)
            # Copied, because a part of a tensor would keep all of it in memory.
            conditions = [
                Condition(
                    words[place : place + 1].clone(),
                    None if pooled is None else pooled[place : place + 1].clone(),
                )
                for place in range(len(texts))
            ]
        self._streams.bring_back(tensor for each in conditions for tensor in each.tensors)
        return conditions

    def _keep(self, text: str, condition: Condition) -> None:
        self._kept[text] = condition
        self._size += condition.size
        while self._size > KEPT_BYTES and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size
