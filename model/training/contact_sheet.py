"""A sheet of pictures for fixed prompts: `python -m model.training.contact_sheet SHEET.png`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from PIL import Image
from tqdm import tqdm

PROMPTS = (
    ("a cat at the beach, sunny, crayon drawing", "1:1"),
    ("바다에 있는 고양이, 맑은 날, 크레용 그림", "1:1"),
    ("a dog in the park on a sunny day, flat illustration", "1:1"),
    ("오늘은 공원에서 강아지와 놀았다. 정말 재미있었다. 수채화", "1:1"),
    ("a penguin in the snow, mountain, watercolor painting", "1:1"),
    ("눈 오는 날 산에 있는 펭귄, 플랫 일러스트", "1:1"),
    ("a red balloon in the street on a rainy day, crayon drawing", "1:1"),
    ("비 오는 날 거리에서 우산을 봤다. 크레용 그림", "1:1"),
    ("Today I saw a whale at the beach. I was very happy. crayon drawing", "1:1"),
    ("밤, 숲에 있는 곰, 크레용 그림", "1:1"),
    ("a birthday cake in my room, crayon drawing", "1:1"),
    ("방에 선물이 있었다. 기분이 아주 좋았다. 크레용 그림", "1:1"),
    ("a house in the mountains at sunset, flat illustration", "1:1"),
    ("학교에 버스가 있었다. 날씨가 맑았다. 플랫 일러스트", "1:1"),
    ("a butterfly in the forest, pencil drawing", "1:1"),
    ("연못가의 개구리, 연필 그림", "1:1"),
    ("a strawberry and an apple in my room, flat illustration", "1:1"),
    ("공원에서 토끼와 판다를 만났다. 크레용 그림", "1:1"),
    ("a snowman in the snow at school, crayon drawing", "1:1"),
    ("오늘은 친구랑 바다에 가서 조개를 주웠다. 정말 재미있었다. 수채화", "1:1"),
    ("a sunflower in the park on a sunny day, crayon drawing", "3:4"),
    ("맑은 날 산에 있는 나무, 수채화", "3:4"),
    ("a car in the street at night, flat illustration", "4:3"),
    ("바다에서 배를 봤다. 노을이 예뻤다. 수채화", "4:3"),
)
COLUMNS, CELL, GAP, SEED = 6, 128, 6, 1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m model.training.contact_sheet")
    parser.add_argument("sheet", type=Path)
    parser.add_argument("--weights", type=Path, default=Path("model/weights"))
    arguments = parser.parse_args()
    draw_sheet(arguments.weights).quantize(256).save(arguments.sheet, optimize=True)


def draw_sheet(weights: Path) -> Image.Image:
    """Every prompt drawn once with the pipeline's own default settings and one fixed seed."""
    settings = json.loads((weights / "deepstory.json").read_text("utf-8"))
    pipeline = StableDiffusionPipeline.from_pretrained(
        weights, dtype=torch.float32, local_files_only=True
    )
    pipeline.set_progress_bar_config(disable=True)
    rows = -(-len(PROMPTS) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (CELL + GAP) + GAP, rows * (CELL + GAP) + GAP), "white")
    for number, (prompt, aspect) in enumerate(tqdm(PROMPTS, "draw")):
        width, height = settings["sizes"][aspect]
        picture = pipeline(
            prompt,
            width=width,
            height=height,
            num_inference_steps=settings["default_steps"],
            guidance_scale=settings["default_guidance_scale"],
            generator=torch.Generator().manual_seed(SEED),
        ).images[0]
        scale = CELL / max(width, height)
        picture = picture.resize(
            (round(width * scale), round(height * scale)), Image.Resampling.BICUBIC
        )
        row, column = divmod(number, COLUMNS)
        left = GAP + column * (CELL + GAP) + (CELL - picture.width) // 2
        sheet.paste(picture, (left, GAP + row * (CELL + GAP) + (CELL - picture.height) // 2))
    return sheet


if __name__ == "__main__":
    main()
