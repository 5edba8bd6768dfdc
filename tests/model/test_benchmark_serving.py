import json
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks.serving import arrivals, figures, options, profiling, quality, report
from benchmarks.serving.orders import batch, mix, read_model
from model.serving.settings import BUNDLED_WEIGHTS


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(value) for value in range(100, 0, -1)]

    assert [figures.percentile(values, each) for each in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert figures.percentile([3.0], 99) == 3
    assert figures.percentile([1.0, 2.0], 50) == 1


def test_equal_pictures_have_no_psnr_and_others_a_distance() -> None:
    one, other = np.zeros((2, 2)), np.array([[0.0, 0.0], [0.0, 4.0]])

    assert figures.difference([(one, one)]) == figures.Difference(0, 0, None)
    far = figures.difference([(one, one), (one, other)])
    assert (far.most, far.mean) == (4, 0.5)
    assert far.psnr == pytest.approx(10 * np.log10(255**2 / 2))


def test_arrivals_are_the_same_at_every_call_and_come_at_the_rate() -> None:
    schedule = arrivals.schedule(50, 100, 4)

    assert schedule == arrivals.schedule(50, 100, 4)
    assert len(schedule) == pytest.approx(5000, rel=0.05)
    assert [each.second for each in schedule] == sorted(each.second for each in schedule)
    assert schedule[-1].second < 100
    kinds = np.bincount([each.kind for each in schedule])
    assert kinds == pytest.approx([len(schedule) / 4] * 4, rel=0.1)
    gaps = np.diff([each.second for each in schedule])
    assert np.std(gaps) == pytest.approx(np.mean(gaps), rel=0.1)  # as only Poisson's are


def test_nobody_waits_to_ask_and_all_waiting_counts() -> None:
    asked: list[Future[int]] = []

    def submit(kind: int) -> "Future[int]":
        """Answer all when the last has asked; whoever waited for an answer would wait for ever."""
        asked.append(Future())
        if len(asked) == 3:
            for future in asked[:2]:
                future.set_result(kind)
            asked[2].set_exception(ValueError())
        return asked[-1]

    finished: list[int] = []
    due = [arrivals.Arrival(second, kind) for kind, second in enumerate((0.0, 0.02, 0.1))]
    answers = arrivals.offer(due, submit, lambda kind, _answer: finished.append(kind))

    assert sorted(finished) == [0, 1]
    assert answers.lost == 1
    longest, shorter = sorted(answers.latencies, reverse=True)
    assert longest >= 0.1
    assert longest - shorter == pytest.approx(0.02, abs=0.02)


def test_a_picture_has_its_seed_and_prompt_in_any_batch() -> None:
    model = read_model(BUNDLED_WEIGHTS)

    assert batch(model, 4, 3)[:2] == batch(model, 2, 3)
    kinds = {(order.width, order.height, order.steps) for order in mix(model, 3, [14, 7])}
    assert len(kinds) == 6


def test_time_in_which_nothing_ran_is_found_between_kernels_that_overlap() -> None:
    spans = [
        profiling.Span("sm90_xmma_fprop_implicit_gemm", 0, 10, 10),
        profiling.Span("triton_poi_fused_add_0", 4, 6, 2),
        profiling.Span("nvjet_hsh_128x256", 13, 20, 7),
        profiling.Span("nvjet_hsh_128x256", 20, 21, 1),
    ]

    found = profiling.summarise(spans)

    assert (found["span"], found["idle"], found["gaps"], found["longest_gap"]) == (21, 3, 1, 3)
    assert found["kinds"] == {"convolution": 10, "matrix product": 8, "pointwise": 2}
    assert found["top"][1] == {
        "name": "nvjet_hsh_128x256",
        "kind": "matrix product",
        "count": 2,
        "microseconds": 8,
    }


def test_only_pictures_that_both_have_are_compared(tmp_path: Path) -> None:
    orders = batch(read_model(BUNDLED_WEIGHTS), 2, 1)
    for folder, shade, drawn in (("plain", 7, orders), ("ours", 9, orders[:1])):
        (tmp_path / folder).mkdir()
        for order in drawn:
            picture = Image.new("RGB", (2, 2), (shade, 7, 7))
            picture.save(tmp_path / folder / f"{order.name}.png")

    truths = {"plain": tmp_path / "plain", "float32": tmp_path / "absent"}
    found = quality.compare(tmp_path / "ours", truths, orders)

    assert found.keys() == {"plain"}
    assert (found["plain"]["most"], found["plain"]["pictures"]) == (2, 1)


def test_a_gpu_gets_large_models_and_a_cpu_small_ones() -> None:
    told = ["--only", "sdxl", "--profile", "--batches", "8,1"]
    on_cpu, nothing = options.read([], cuda=False, cores=2)
    (on_gpu,), folders = options.read([*told, "--report", "x"], cuda=True, cores=16)

    assert [each.model for each in on_cpu] == options.SMALL
    assert {each.dtype for each in on_cpu} == {"float32"}
    assert (on_gpu.model, on_gpu.dtype, on_gpu.batches) == ("sdxl", "float16", [1, 8])
    assert "profile" in on_gpu.parts
    assert (nothing, folders) == (None, [Path("x")])


def _run(device: str, when: str, part: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "model": "sd15",
        "part": part,
        "when": when,
        "device": device,
        "machine": ["- a machine"],
        "dtype": "float16",
        "threads": 2,
        "size": [512, 512],
        "sizes": [[512, 512]],
        "steps": 25,
        "guidance": 7.5,
        "recipe_mode": "max-autotune",
        "runtime": "auto",
        "thorough": False,
        "load_seconds": 9,
        "step_tflop": 1.6,
        "decode_tflop": 2.5,
        "complete": True,
        "rows": rows,
    }


def _batch(contender: str, number: int, rate: float) -> dict[str, Any]:
    spread = asdict(figures.Spread(rate, rate - 1, rate + 1))
    figure = (
        "seconds",
        "cpu_seconds",
        "steps_per_second",
        "images_per_second",
        "tflops",
        "step_tflops",
    )
    apart = {"plain": {"most": 3, "mean": 0.25, "psnr": 40.0, "pictures": 1}}
    return {
        "contender": contender,
        "batch": number,
        "megabytes": 100,
        "difference": apart,
        **dict.fromkeys(figure, spread),
    }


def test_the_report_takes_the_newest_rows_and_compares_within_a_run(tmp_path: Path) -> None:
    old = [_batch("plain", 1, 2), _batch("recipe", 1, 3), _batch("ours", 1, 4)]
    new = [_batch("plain", 1, 5), {"contender": "ours", "batch": 1, "failed": "out of memory"}]
    new += [_batch("plain", 8, 5), _batch("ours", 8, 15)]
    for number, (when, rows) in enumerate((("2026-11-26 09:00", new), ("2026-11-26 08:00", old))):
        run = _run("NVIDIA H200", when, "batches", rows)
        (tmp_path / f"{number}.json").write_text(json.dumps(run), "utf-8")

    report.write([tmp_path], tmp_path / "report.md")
    written = (tmp_path / "report.md").read_text("utf-8")

    assert "No figure of a GPU" not in written
    assert "| 1 | the picture server | out of memory |" in written
    assert "| 1 | diffusers, plain | 5.00 (4.00-6.00) |" in written
    assert "| 15 | 3.00 |  | 15 | 15 | 100 | 3, 0.25, 40.0 dB |" in written
    assert "| 3 | 1.50 | 1.00 |" in written, "against the plain one of its own run"
    assert "the picture server 15 a second (8 at once" in written


def test_a_report_without_a_gpu_says_so_and_how_to_get_one(tmp_path: Path) -> None:
    start = {"contender": "ours", "cache": "kept", "first_picture": 4.0, "fast": 9.0}
    start |= {"settled": False}
    run = _run("CPU", "2026-11-26 08:00", "starts", [start | {"megabytes": 7}])

    written = "\n".join(report.lines([run]))

    assert "No figure of a GPU exists yet" in written
    assert "python -m benchmarks.serving --only sd15 --parts load" in written
    assert "| the picture server |  |  | 4.0 | > 9.0 | 7 |" in written
