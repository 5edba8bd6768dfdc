"""Writes ``benchmarks/results/serving.md`` from the files that runs have left."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.serving import tables

RESULTS = Path(__file__).parents[1] / "results" / "serving.md"

Found = dict[str, Any]
# What makes a row the same as one of an earlier run, which it replaces.
KEYS = {
    "starts": ("contender", "cache"),
    "batches": ("contender", "batch"),
    "load": ("contender", "fraction"),
    "profile": ("contender", "batch"),
}
PARTS: dict[str, Callable[[list[Found]], list[str]]] = {
    "batches": tables.batches,
    "starts": tables.starts,
    "load": tables.load,
    "profile": tables.profile,
}

_HEAD = """# The picture server against diffusers

Plain diffusers, the recipe for speed in diffusers' documentation, and the picture server's engine
(`model/serving`, without HTTP) draw the same pictures on one machine, in one run and in turns, each
in a process of its own. Medians; the least and the most in brackets. Made by
`make benchmark-serving`; `python -m benchmarks.serving --help` tells the rest.

- **Weights** are the bundled ones, or random ones of the published shapes (`sd15`, `sdxl`; those
  that end in `-small` are cut down for a CPU): the arithmetic is the same.
- **A step** is one of the sampler's, with guidance two forwards of the UNet. It is timed as the
  difference between a drawing with few steps and one with all, so it holds nothing else.
- **A picture** is all that lies between the request and its pixels: texts, steps and decoding.
- **CPU** is what all threads of the process computed meanwhile: it tells more on a busy machine.
- **TFLOP/s** counts multiplications and additions of the original networks, by PyTorch's counter,
  whatever a contender leaves out.
- **Apart** is how far the pictures that were just timed are from those that plain diffusers drew
  one at a time, of 255: the largest difference, the mean, and the PSNR in dB. Where the numbers
  are not float32, the second figure is the distance from pictures in float32.
- **MiB** are the most that was held at once: by tensors on a GPU, by the whole process on a CPU.
- **Latency** is counted from the time at which a request was due to come, to its PNG. Requests come
  at random (Poisson), the same for all, in sizes and steps that differ, whether or not the ones
  before are answered. Diffusers draws them one by one; the picture server chooses batches.
"""

_NO_GPU = """
**No figure of a GPU exists yet.** On a machine that has one, with a repository's copy and what
`model/requirements.txt` lists, in runs of at most {minutes} minutes each:

```
python -m benchmarks.serving --only sd15 --parts batches --batches 1 --out OUT
python -m benchmarks.serving --only sd15 --parts batches --batches 8 --profile --out OUT
python -m benchmarks.serving --only sd15 --parts starts --batches 1 --out OUT
python -m benchmarks.serving --only sd15 --parts load --batches 1,2,4,8 --out OUT
```

and the same for `sdxl`, with half as large batches. Most of the time goes into compiling, for each
batch anew. Whoever does not get ready in `--patience` seconds is left out: then give the recipe a
shorter `--recipe-mode`, or have one contender alone take the time (`--contenders ours --thorough`).
The files of `OUT`, copied to `benchmarks/results/serving/`, become part of this page with
`python -m benchmarks.serving --report`. The goals there: SD 1.5, 512 x 512, above 150 steps a
second alone and 470 TFLOP/s in batches on an H200, and ahead of the recipe.
"""
MINUTES = 10


def write(folders: Iterable[Path], to: Path = RESULTS) -> None:
    files = {file.resolve() for folder in folders for file in folder.glob("*.json")}
    found = sorted(
        (json.loads(file.read_text("utf-8")) for file in files), key=lambda each: each["when"]
    )
    to.write_text("\n".join(lines(found)) + "\n", "utf-8")
    print(f"written to {to}")


def lines(found: list[Found]) -> list[str]:
    written = [_HEAD]
    if all(each["device"] == "CPU" for each in found):
        written.append(_NO_GPU.format(minutes=MINUTES))
    sections: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for each in found:
        sections[each["device"], each["model"]].append(each)
    for (device, model), of_model in sorted(sections.items()):
        written += [f"## `{model}` on {_article(device)}", "", *_about(of_model)]
        for part, table in PARTS.items():
            if rows := _merge(part, of_model):
                written += ["", *table(rows)]
        written.append("")
    return written[:-1] if sections else written


def _article(device: str) -> str:
    return "the CPU" if device == "CPU" else device


def _about(found: list[Found]) -> list[str]:
    newest = found[-1]
    width, height = newest["size"]
    told = [
        *(line for line in newest["machine"]),
        f"- {width} x {height}, {newest['steps']} steps, guidance {newest['guidance']}, "
        f"{newest['dtype']}, {newest['threads']} threads",
        f"- the recipe's mode of compiling is {newest['recipe_mode']}, "
        f"the server's runtime {newest['runtime']}"
        + (", compiled thoroughly" if newest["thorough"] else ""),
        f"- {newest['step_tflop']:.4g} TFLOP a step, {newest['decode_tflop']:.4g} a decoding",
    ]
    for each in found:
        cut = "" if each["complete"] else "; cut short"
        told.append(f"- {each['part']}: {each['when']}{cut}")
    return told


def _merge(part: str, found: list[Found]) -> list[Found]:
    """All rows of a part; of equal ones the newest, each with what its run was about."""
    merged: dict[tuple[Any, ...], Found] = {}
    for each in found:
        if each["part"] == part:
            for row in each["rows"]:
                merged[tuple(row[key] for key in KEYS[part])] = row | {"run": each}
    return list(merged.values())
