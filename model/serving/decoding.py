import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from model.serving.painter import Picture
from model.serving.rows import Row
from model.serving.streams import Streams


@dataclass(frozen=True)
class _Decoded:
    rows: Sequence[Row]
    image: Any  # as the VAE gives it, on the device
    pixels: Any  # of whole numbers, on the CPU
    arrived: Any  # the CUDA event after which they are


class Decoder:
    """Makes pictures of finished latents and hands them to their rows.

    On CUDA that goes on beside the denoising: the GPU decodes on another stream, and a thread of
    its own waits for the pixels. What fails there is told to `on_failure`, in that thread;
    `on_pictures` is told how many are about to be handed over.
    """

    def __init__(
        self,
        pipeline: Any,
        streams: Streams,
        on_pictures: Callable[[int], None],
        on_failure: Callable[[Sequence[Row], Exception], None],
    ) -> None:
        import torch
        from diffusers import StableDiffusionXLPipeline

        self._torch = torch
        self._pipeline = pipeline
        self._vae = pipeline.vae
        self._large = isinstance(pipeline, StableDiffusionXLPipeline)
        self._streams = streams
        self._on_pictures = on_pictures
        self._on_failure = on_failure
        self._line: queue.SimpleQueue[_Decoded | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        if streams.cuda:
            self._thread = threading.Thread(target=self._finish, name="finisher", daemon=True)
            self._thread.start()

    def decode(self, rows: Sequence[Row], latents: Any) -> None:
        """Raises what fails before the device has begun; without CUDA, that is everything."""
        with self._streams.aside(self._streams.pictures, latents):
            image = self._vae.decode(self._unscale(latents), return_dict=False)[0]
            if watermark := getattr(self._pipeline, "watermark", None):
                image = watermark.apply_watermark(image)
            pixels = self._pixels(image)
            if not self._streams.cuda:
                self._hand_over(_Decoded(rows, image, pixels, None))
                return
            host = self._torch.empty(pixels.shape, dtype=pixels.dtype, pin_memory=True)
            host.copy_(pixels, non_blocking=True)
            arrived = self._torch.cuda.Event()
            arrived.record()
        self._line.put(_Decoded(rows, image, host, arrived))

    def close(self) -> None:
        """Wait until everything that was decoded is handed over."""
        if self._thread:
            self._line.put(None)
            self._thread.join()

    def _unscale(self, latents: Any) -> Any:
        config = self._vae.config
        latents = latents.to(self._vae.dtype)
        mean, deviation = config.get("latents_mean"), config.get("latents_std")
        if mean is None or deviation is None or not self._large:
            return latents / config.scaling_factor
        mean, deviation = (
            self._torch.tensor(each).view(1, -1, 1, 1).to(latents.device, latents.dtype)
            for each in (mean, deviation)
        )
        return latents * deviation / config.scaling_factor + mean

    def _pixels(self, image: Any) -> Any:
        """What the pipelines' image processor computes, but on the device and in one piece."""
        if self._pipeline.image_processor.config.do_normalize:
            image = (image * 0.5 + 0.5).clamp(0, 1)
        whole = image.float().mul(255).round().to(self._torch.uint8)
        return whole.permute(0, 2, 3, 1).contiguous()

    def _finish(self) -> None:
        with self._torch.no_grad(), self._streams.aside(self._streams.pictures):
            while decoded := self._line.get():
                try:
                    decoded.arrived.synchronize()
                    self._hand_over(decoded)
                except Exception as error:
                    self._on_failure(decoded.rows, error)

    def _hand_over(self, decoded: _Decoded) -> None:
        withheld = self._withheld(decoded)
        self._on_pictures(len(decoded.rows))
        pixels = decoded.pixels.numpy()
        for place, row in enumerate(decoded.rows):
            picture: Picture = None if withheld[place] else Image.fromarray(pixels[place])
            row.deliver(picture)

    def _withheld(self, decoded: _Decoded) -> Sequence[bool]:
        """By the pipeline's own safety checker; SDXL has none."""
        check = getattr(self._pipeline, "run_safety_checker", None)
        found = None
        if check:
            dtype = self._pipeline.unet.dtype
            _, found = check(decoded.image, self._pipeline.device, dtype)
        return [False] * len(decoded.rows) if found is None else found
