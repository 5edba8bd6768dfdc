"""Where the time of our largest batch goes: kernels on a GPU, operations on a CPU."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.serving.bench import Bench, Rows
from benchmarks.serving.orders import batch

TOP = 12
NAME_CHARACTERS = 80
# The first that is found in a name decides.
KINDS = (
    ("attention", "flash|fmha|attention|sdpa|softmax"),
    ("convolution", "conv|fprop|winograd|nchw|nhwc"),
    ("matrix product", r"gemm|nvjet|cutlass|cublas|_tem_|matmul|addmm|::mm|bmm|linear"),
    ("norm", "norm|welford|reduce|triton_per|triton_red"),
    ("copy", "copy|memcpy|memset|cat_|::cat|transpose"),
    ("pointwise", "elementwise|triton_poi|vectorized|silu|gelu|mul|add|div|sub"),
)


@dataclass(frozen=True)
class Span:
    """Something that ran; of nested ones `own` leaves out what was done inside others."""

    name: str
    start: float
    end: float
    own: float


def kind_of(name: str) -> str:
    lowered = name.lower()
    return next((kind for kind, words in KINDS if re.search(words, lowered)), "other")


def summarise(spans: Sequence[Span]) -> dict[str, Any]:
    """Totals in microseconds, and the gaps in which nothing ran."""
    kinds: Counter[str] = Counter()
    names: dict[str, list[float]] = defaultdict(list)
    for span in spans:
        kinds[kind_of(span.name)] += span.own  # type: ignore[assignment]  # fractions add up too
        names[span.name].append(span.own)
    gaps = _gaps(spans)
    longest = sorted(names, key=lambda name: -sum(names[name]))[:TOP]
    return {
        "span": max(span.end for span in spans) - min(span.start for span in spans),
        "idle": sum(gaps),
        "gaps": len(gaps),
        "longest_gap": max(gaps, default=0.0),
        "kinds": dict(kinds.most_common()),
        "top": [
            {
                "name": name[:NAME_CHARACTERS],
                "kind": kind_of(name),
                "count": len(names[name]),
                "microseconds": sum(names[name]),
            }
            for name in longest
        ],
    }


def _gaps(spans: Sequence[Span]) -> list[float]:
    gaps = []
    ordered = sorted(spans, key=lambda span: span.start)
    until = ordered[0].end
    for span in ordered[1:]:
        if span.start > until:
            gaps.append(span.start - until)
        until = max(until, span.end)
    return gaps


def record(draw: Callable[[], object], *, cuda: bool) -> dict[str, Any]:
    """Profile one drawing, whichever thread does it."""
    import torch
    from torch._C._profiler import _ExperimentalConfig
    from torch.autograd import DeviceType
    from torch.profiler import ProfilerActivity, profile

    activities = [ProfilerActivity.CUDA] if cuda else [ProfilerActivity.CPU]
    everywhere = _ExperimentalConfig(profile_all_threads=True)
    with profile(activities=activities, experimental_config=everywhere, acc_events=True) as done:
        draw()
        if cuda:
            torch.cuda.synchronize()
    wanted = DeviceType.CUDA if cuda else DeviceType.CPU
    spans = [
        Span(
            event.name,
            event.time_range.start,
            event.time_range.end,
            event.time_range.elapsed_us() if cuda else event.self_cpu_time_total,
        )
        for event in done.events() or []
        if event.device_type == wanted
    ]
    return summarise(spans) if spans else {"failed": "PyTorch ran nothing that it could record"}


def measure(bench: Bench) -> Rows:
    number = max(bench.options.batches)
    orders = batch(bench.model, number, bench.steps)
    with bench.running(["ours"]) as (ours,):
        found = ours.ask("profile", orders=[order.fields for order in orders])
    flops = bench.flops.picture(bench.steps, guided=bench.guided)
    yield {
        "contender": "ours",
        "batch": number,
        "steps": bench.steps,
        "flops": {kind: number * each for kind, each in flops.items()},
    } | found
