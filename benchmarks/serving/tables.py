"""Rows of measurements as tables of Markdown."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

NAMES = {
    "plain": "diffusers, plain",
    "recipe": "diffusers, its recipe",
    "ours": "the picture server",
}
TERA, MICRO = 1e12, 1e-6


def batches(rows: list[Row]) -> list[str]:
    written = [
        "### Alone and in batches",
        "",
        "| at once | contender | steps/s | s | CPU, s | pictures/s | of plain | of recipe "
        "| TFLOP/s in steps | TFLOP/s in all | MiB | apart |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: (row["batch"], [*NAMES].index(row["contender"]))):
        cells = [str(row["batch"]), NAMES[row["contender"]]]
        if "failed" in row:
            written.append(_line([*cells, row["failed"], *[""] * 9]))
            continue
        cells += [
            _spread(row["steps_per_second"], 2),
            _spread(row["seconds"], 3),
            f"{row['cpu_seconds']['median']:.2f}",
            f"{row['images_per_second']['median']:.3g}",
            *(_ratio(row, other) for other in ("plain", "recipe")),
            f"{row['step_tflops']['median']:.3g}",
            f"{row['tflops']['median']:.3g}",
            f"{row['megabytes']:.0f}",
            _apart(row["difference"]),
        ]
        written.append(_line(cells))
    return [*written, "", _best(rows)]


def _ratio(row: Row, other: str) -> str:
    """Pictures a second, against another contender's in batches of as many, of the same run."""
    for each in row["run"]["rows"]:
        same = each["contender"] == other and each["batch"] == row["batch"]
        if same and "failed" not in each:
            ratio = row["images_per_second"]["median"] / each["images_per_second"]["median"]
            return f"{ratio:.2f}"
    return ""


def _best(rows: list[Row]) -> str:
    """Each contender's most pictures a second, whatever the batch."""
    told = []
    for name, words in NAMES.items():
        drawn = [row for row in rows if row["contender"] == name and "failed" not in row]
        if drawn:
            best = max(drawn, key=lambda row: row["images_per_second"]["median"])
            told.append(
                f"{words} {best['images_per_second']['median']:.3g} a second "
                f"({best['batch']} at once, {best['step_tflops']['median']:.3g} TFLOP/s in steps)"
            )
    return f"At best: {'; '.join(told)}."


def starts(rows: list[Row]) -> list[str]:
    """Seconds from the start of the process, its imports among them."""
    written = [
        "### Starts",
        "",
        "Seconds from the start of the process to the first picture, and until it is as fast as it "
        "will be; with nothing kept, and with what the start before has kept.",
        "",
        "| contender | first picture | as fast as it gets | first, kept | fast, kept | MiB |",
        "|---|---|---|---|---|---|",
    ]
    for name, words in NAMES.items():
        mine = {row["cache"]: row for row in rows if row["contender"] == name}
        if mine:
            times = [cell for cache in ("empty", "kept") for cell in _start(mine.get(cache, {}))]
            most = max(row.get("megabytes", 0) for row in mine.values())
            why = ", ".join(sorted({row["failed"] for row in mine.values() if "failed" in row}))
            written.append(_line([words, *times, why or f"{most:.0f}"]))
    return written


def _start(row: Row) -> list[str]:
    first = f"{row['first_picture']:.1f}" if "first_picture" in row else ""
    over = "" if row.get("settled") else "> "
    return [first, f"{over}{row['fast']:.1f}" if "fast" in row else ""]


def load(rows: list[Row]) -> list[str]:
    run = rows[-1]["run"]
    sizes = ", ".join(f"{width} x {height}" for width, height in run["sizes"])
    written = [
        "### Load",
        "",
        f"Requests for {run['load_seconds']:g} s, of {sizes}, half of them with all steps and half "
        "with half of them; the load is a part of what plain diffusers can draw one by one. "
        "Seconds of latency.",
        "",
        "| load | requests | contender | pictures/s | p50 | p95 | p99 | lost | apart |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: (row["fraction"], [*NAMES].index(row["contender"]))):
        cells = [f"{row['fraction']:.0%}, {row['rate']:.2f}/s", str(row["asked"])]
        cells.append(NAMES[row["contender"]])
        if "failed" in row:
            written.append(_line([*cells, row["failed"], *[""] * 5]))
            continue
        cells.append(f"{row['per_second']:.2f}")
        cells += [f"{row['latency'][percent]:.2f}" for percent in ("50", "95", "99")]
        written.append(_line([*cells, str(row["lost"]), _apart(row["difference"])]))
    return written


def profile(rows: list[Row]) -> list[str]:
    row = rows[-1]
    head = f"### Where the time goes: the picture server, {row['batch']} at once"
    if "failed" in row:
        return [head, "", f"{row['failed']}."]
    span = row["span"] * MICRO
    total = sum(row["flops"].values()) / TERA
    written = [
        head,
        "",
        f"{span:.3f} s from the first to the last of {row['steps']} steps and the decoding, "
        f"{total / span:.3g} TFLOP/s; nothing that PyTorch sees ran for "
        f"{row['idle'] / row['span']:.0%} of it, in {row['gaps']} gaps of at most "
        f"{row['longest_gap'] / 1000:.2f} ms.",
        "",
        "| kind | ms | of the time | TFLOP/s |",
        "|---|---|---|---|",
    ]
    for kind, microseconds in row["kinds"].items():
        # On a CPU the networks may run where PyTorch does not see them.
        flops = None if row["run"]["device"] == "CPU" else row["flops"].get(kind)
        rate = f"{flops / TERA / (microseconds * MICRO):.3g}" if flops and microseconds else ""
        share = f"{microseconds / row['span']:.1%}"
        written.append(_line([kind, f"{microseconds / 1000:.2f}", share, rate]))
    written += ["", "| longest | kind | times | ms |", "|---|---|---|---|"]
    written += [
        _line([f"`{each['name'].replace('|', '/')}`", each["kind"], str(each["count"])])
        + f" {each['microseconds'] / 1000:.2f} |"
        for each in row["top"]
    ]
    return written


def _apart(differences: dict[str, dict[str, Any]]) -> str:
    told = []
    for truth in ("plain", "float32"):
        if each := differences.get(truth):
            psnr = "equal" if each["psnr"] is None else f"{each['psnr']:.1f} dB"
            told.append(f"{each['most']:.0f}, {each['mean']:.2g}, {psnr}")
    return "; ".join(told)


def _spread(spread: dict[str, float], digits: int) -> str:
    median, least, most = (f"{spread[key]:.{digits}f}" for key in ("median", "least", "most"))
    return f"{median} ({least}-{most})"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
