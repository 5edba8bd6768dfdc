"""The picture server, with faults injected into its network: `faulty_server.py serve`.

The folder FAULTS rules them while the server runs, by the files in it:
  hold    every denoising step waits until the file is gone
  oom     more images in a batch than the number in the file run out of memory
  raise   every step raises RuntimeError with the file's text
  hide    the pipeline's safety checker objects to every picture
"""

import os
import runpy
import sys
import time
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[2]))

from model.serving.painter import Painter
from model.serving.settings import Settings

FAULTS = Path(os.environ["FAULTS"])
load = Painter.__init__


def load_with_faults(self: Painter, settings: Settings) -> None:
    load(self, settings)
    self._pipeline.unet.register_forward_pre_hook(before_step)
    self._pipeline.run_safety_checker = check_safety


def check_safety(images: Any, *_: Any) -> tuple[Any, list[bool]]:
    return images, [(FAULTS / "hide").exists()] * len(images)


def before_step(_network: Any, inputs: tuple[Any, ...]) -> None:
    import torch

    while (FAULTS / "hold").exists():
        time.sleep(0.01)
    guided_images = inputs[0].shape[0] // 2
    oom = FAULTS / "oom"
    if oom.exists() and guided_images > int(oom.read_text()):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
    failure = FAULTS / "raise"
    if failure.exists():
        raise RuntimeError(failure.read_text())


Painter.__init__ = load_with_faults  # type: ignore[method-assign]  # for this test
entry = Path(__file__).resolve().parents[2] / "model" / "inference.py"
runpy.run_path(str(entry), run_name="__main__")
